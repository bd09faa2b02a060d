// global (256, 1), local (128, 1)
static inline long clgrad_check_index_long(long index, long size, long site, __global long* faults) {
    if ((ulong)(long)index < (ulong)size) return index;
    if (!atomic_cmpxchg((volatile __global int*)faults, 0, (int)site)) faults[1] = (long)index;
    return 0;
}
CLGRAD_ITEM void NAME_item(__global const long* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id0;
    if (item >= 140) return;
    const int i0 = item / 20; const int n = item % 20;
    const long v0 = a0[i0];
const long v1 = 0L;
const uchar v2 = (uchar)(v0 < v1);
const long v3 = 100L;
const long v4 = v0 + v3;
const long v5 = v2 ? v4 : v0;
const long v6 = clgrad_check_index_long(v5, 100, 1, faults);
const float v8 = 0.5f;
        const float v7 = a1[n + v6 * 20];
const float v9 = v7 * v8;
        a2[i0 * 20 + n] = v9;
}
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const long* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
