// global (1152,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    const int lid = get_local_id(0), walker = lid % 32;
    const int first = (int)get_group_id(0) * 4;
    __local double tile[532];
    __local double ends[128], starts[128];
    double before;
    {
        const int nth = first + lid / 32, row = nth < 33 ? nth : 32;
        const int i0 = row;
        before = (double)(0.0); 
    }
    for (int chunk = 0; chunk < 70; chunk += 128) {
        for (int at = lid; at < 512; at += 128) {
            const int place = at % 128, slot = (at / 128) * 133 + place + place / 32;
            const int row = first + at / 128, step = chunk + place;
            tile[slot] = 0.0;
            if (row < 33 && step < 70) {
                const int i0 = row;
    const int s = step;
                const float x0 = a0[i0 * 70 + s]; const float x1 = 2.0f; const float x2 = x0 * x1;
                tile[slot] = (double)(x2);
            }
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        {
            const int begin = walker * 4;
            double total = tile[(lid / 32) * 133 + begin + begin / 32];
            #pragma unroll
            for (int place = begin + 1; place < begin + 4; place++) {
                const int slot = (lid / 32) * 133 + place + place / 32;
                tile[slot] = total = total + tile[slot];
            }
            ends[lid] = total;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int reach = 1; reach < 32; reach *= 2) {
            double up_to = ends[lid];
            if (walker >= reach) up_to = ends[lid - reach] + up_to;
            barrier(CLK_LOCAL_MEM_FENCE);
            ends[lid] = up_to;
            barrier(CLK_LOCAL_MEM_FENCE);
        }
        starts[lid] = before;
        if (walker) starts[lid] = before + ends[lid - 1];
        before = before + ends[lid - walker + 31];
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int at = lid; at < 512; at += 128) {
            const int place = at % 128, slot = (at / 128) * 133 + place + place / 32;
            const int row = first + at / 128, step = chunk + place;
            if (row < 33 && step < 70) {
                const int i0 = row;
    const int s = step;
                const double start = starts[at / 4];
                const double folded = start + tile[slot];
                const float v0 = (float)(folded);
const float v1 = 1.0f;
const float v2 = v0 + v1;
a1[i0 * 70 + s] = v2;
            }
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
}
