// global (256,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const ulong* restrict a0, __global ulong* restrict a1, __global long* faults) {
    __local ulong tile[1152];
    const int lid = get_local_id(0);
    const int first = (int)get_group_id(0) * 2;
    for (int n = lid; n < 1024; n += 128) {
        const int run = first + n / 512, r = run / 1;
        const int place = n % 512, i = run % 1 * 500 + place;
        tile[n + n / 8] = ~0UL;
        if (run < 3 && place < 500 && i < 500) {
            const ulong x0 = a0[r * 500 + i];
            tile[n + n / 8] = x0;
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    ulong own[8];
    #pragma unroll
    for (int one = 0; one < 8; one++) {
        const int n = lid * 8 + one;
        own[one] = tile[n + n / 8];
    }
    #pragma unroll
    for (int step = 0; step < 8; step++) {
        #pragma unroll
        for (int one = step & 1; one + 1 < 8; one += 2) {
            const ulong left = own[one], right = own[one + 1];
            const int stays = left <= right;
            own[one] = stays ? left : right;
            own[one + 1] = stays ? right : left;
        }
    }
    #pragma unroll
    for (int one = 0; one < 8; one++) {
        const int n = lid * 8 + one;
        tile[n + n / 8] = own[one];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int length = 8; length < 512; length *= 2) {
        const int place = lid * 8 % (2 * length), left = lid * 8 - place;
        const int middle = left + length, right = middle + length;
        if (place < 10) {
        // From place on, what a work-item has of the two sorted runs that meet in the middle.
        {
            const int most_right = right - middle, most_left = middle - left;
            int low = place > most_right ? place - most_right : 0, high = place < most_left ? place : most_left;
            while (low < high) {
                const int guess = (low + high) / 2, i = left + guess, j = middle + place - 1 - guess;
                if (tile[i + i / 8] <= tile[j + j / 8]) low = guess + 1;
                else high = guess;
            }
            int i = left + low, j = middle + place - low;
            #pragma unroll
            for (int one = 0; one < 8; one++) {
                if (i < middle && (j >= right || tile[i + i / 8] <= tile[j + j / 8])) {
                    own[one] = tile[i + i / 8];
                    i++;
                } else if (j < right) {
                    own[one] = tile[j + j / 8];
                    j++;
                }
            }
        }
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        #pragma unroll
        for (int one = 0; one < 8 && place < 10; one++) {
            const int n = lid * 8 + one;
            tile[n + n / 8] = own[one];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    for (int one = lid; one < 20; one += 128) {
        const int run = first + one / 10, place = one % 10;
        const int n = one / 10 * 512 + (int)place;
        if (run < 3) a1[run * 10 + place] = tile[n + n / 8];
    }
}
