// global (1,), local (1,)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int row0 = (int)id0 * 58;
    for (int row = row0; row < row0 + 58 && row < 33; row++) {
    const int i0 = row;
    double before;
    before = (double)(0.0); 
    for (int step = 0; step < 64; step += 8) {
    const int n = step;
        const float8 x0 = *(__global const clgrad_float8*)(a0 + i0 * 70 + n); const float x1 = 2.0f; const float8 x2 = x0 * (float8)(x1);
        double8 folded = __builtin_convertvector(x2, double8);
        folded = (double8)(0.0, folded.s0, folded.s1, folded.s2, folded.s3, folded.s4, folded.s5, folded.s6) + folded;
        folded = (double8)(0.0, 0.0, folded.s0, folded.s1, folded.s2, folded.s3, folded.s4, folded.s5) + folded;
        folded = (double8)(0.0, 0.0, 0.0, 0.0, folded.s0, folded.s1, folded.s2, folded.s3) + folded;
        const double whole = folded.s7;
        folded = (double8)(before) + folded;
        before = before + whole;
        const float8 v0 = __builtin_convertvector(folded, float8);
const float v1 = 1.0f;
const float8 v2 = v0 + (float8)(v1);
*(__global clgrad_float8*)(a1 + i0 * 70 + n) = v2;
    }
    for (int step = 64; step < 70; step++) {
    const int n = step;
        const float x0 = a0[i0 * 70 + n]; const float x1 = 2.0f; const float x2 = x0 * x1;
        before = before + (double)(x2);
        const float v0 = (float)(before);
const float v1 = 1.0f;
const float v2 = v0 + v1;
a1[i0 * 70 + n] = v2;
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
