// global (384,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const ulong* restrict a0, __global ulong* restrict a1, __global long* faults) {
    __local ulong tile[1152];
    __local int ends[2];
    const int lid = get_local_id(0);
    const int number = (int)get_group_id(0) / 1;
    const int r = number / 1, left = number % 1 * 500;
    const int middle = left + 250 < 500 ? left + 250 : 500;
    const int right = middle + 250 < 500 ? middle + 250 : 500;
    const int begin = min((int)get_group_id(0) % 1 * 1024, right - left);
    const int end = min(begin + 1024, right - left);
    for (int side = lid; side < 2; side += 128) {
        const int place = side ? end : begin;
        int low = place > right - middle ? place - (right - middle) : 0;
        int high = place < middle - left ? place : middle - left;
        while (low < high) {
            const int guess = low + (high - low) / 2, i = left + guess, j = middle + place - 1 - guess;
            const ulong x0 = a0[r * 500 + i];
            const ulong y0 = a0[r * 500 + j];
            if (x0 >> 32 <= y0 >> 32) low = guess + 1;
            else high = guess;
        }
        ends[side] = low;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    const int from_left = left + ends[0], from_right = middle + begin - ends[0];
    const int on_left = ends[1] - ends[0], size = end - begin;
    for (int n = lid; n < size; n += 128) {
        const int i = n < on_left ? from_left + n : from_right + (n - on_left);
        const ulong x0 = a0[r * 500 + i];
        tile[n + n / 8] = x0;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    ulong own[8];
    const int place = min(lid * 8, size);
        // From place on, what a work-item has of the two sorted runs that meet in the middle.
        {
            const int most_right = size - on_left, most_left = on_left - 0;
            int low = place > most_right ? place - most_right : 0, high = place < most_left ? place : most_left;
            while (low < high) {
                const int guess = (low + high) / 2, i = 0 + guess, j = on_left + place - 1 - guess;
                if (tile[i + i / 8] >> 32 <= tile[j + j / 8] >> 32) low = guess + 1;
                else high = guess;
            }
            int i = 0 + low, j = on_left + place - low;
            #pragma unroll
            for (int one = 0; one < 8; one++) {
                if (i < on_left && (j >= size || tile[i + i / 8] >> 32 <= tile[j + j / 8] >> 32)) {
                    own[one] = tile[i + i / 8];
                    i++;
                } else if (j < size) {
                    own[one] = tile[j + j / 8];
                    j++;
                }
            }
        }
    barrier(CLK_LOCAL_MEM_FENCE);
    #pragma unroll
    for (int one = 0; one < 8; one++) {
        const int n = place + one;
        if (n < size) tile[n + n / 8] = own[one];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int n = lid; n < size; n += 128) a1[r * 500 + left + begin + n] = tile[n + n / 8];
}
