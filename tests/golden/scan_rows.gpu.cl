// global (4224,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    const int lid = get_local_id(0);
    const int row = get_group_id(0);
    const int i0 = row;
    __local double shared[128];
    double before, own[4];
    before = (double)(0.0);
    for (int chunk = 0; chunk < 70; chunk += 512) {
        #pragma unroll
        for (int place = 0; place < 4; place++) {
            const int step = chunk + lid * 4 + place;
            own[place] = 0.0;
            if (step < 70) {
    const int s = step;
                const float x0 = a0[i0 * 70 + s]; const float x1 = 2.0f; const float x2 = x0 * x1;
                own[place] = (double)(x2);
            }
            if (place) own[place] = own[place - 1] + own[place];
        }
        shared[lid] = own[3];
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int reach = 1; reach < 128; reach *= 2) {
            double up_to = shared[lid];
            if (lid >= reach) up_to = shared[lid - reach] + up_to;
            barrier(CLK_LOCAL_MEM_FENCE);
            shared[lid] = up_to;
            barrier(CLK_LOCAL_MEM_FENCE);
        }
        double mine = before;
        if (lid) mine = before + shared[lid - 1];
        before = before + shared[127];
        barrier(CLK_LOCAL_MEM_FENCE);
        #pragma unroll
        for (int place = 0; place < 4; place++) {
            const int step = chunk + lid * 4 + place;
            if (step < 70) {
    const int s = step;
                const double folded = mine + own[place];
                const float v0 = (float)(folded);
const float v1 = 1.0f;
const float v2 = v0 + v1;
a1[i0 * 70 + s] = v2;
            }
        }
    }
}
