/* OpenCL C as CUDA C++: what stands before a program of cl/render.py, so that NVRTC takes its text as it is.

   Covered is what the forms of kernels for GPUs use, and what bodies of opencl_kernel are likely to: numbers,
   not vectors; arrays in local memory, but no pointers to them (CUDA's __shared__ belongs to the variable). */

static_assert(sizeof(long) == 8, "a long of OpenCL has 64 bits");

typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned long ulong;
struct half {
    ushort bits;
};

#define cl_khr_fp64 1
#define NAN __int_as_float(0x7fffffff)
#define INFINITY __int_as_float(0x7f800000)
#define M_PI 3.14159265358979323846
#define M_PI_F 3.14159265f

/* -- qualifiers: an attribute of OpenCL stands where CUDA's may stand ----------------------------------------- */

#define __kernel extern "C" __global__
#define __global
#define __constant const
#define __local __shared__
#define __private
#define restrict __restrict__
#define reqd_work_group_size(x, y, z) launch_bounds((x) * (y) * (z))

/* -- work-items ------------------------------------------------------------------------------------------------ */

/* Groups along each axis of a launch that has more than CUDA allows along one: it is laid out along x. Else 0. */
__constant__ uint clgrad_groups[3];

inline ulong clgrad_along(uint axis, uint x, uint y, uint z) { return axis == 0 ? x : axis == 1 ? y : axis == 2 ? z : 0; }
inline ulong get_local_id(uint axis) { return clgrad_along(axis, threadIdx.x, threadIdx.y, threadIdx.z); }
inline ulong get_local_size(uint axis) { return axis > 2 ? 1 : clgrad_along(axis, blockDim.x, blockDim.y, blockDim.z); }
inline ulong get_num_groups(uint axis) {
    if (axis > 2) return 1;
    return clgrad_groups[0] ? clgrad_groups[axis] : clgrad_along(axis, gridDim.x, gridDim.y, gridDim.z);
}
inline ulong get_group_id(uint axis) {
    const uint x = clgrad_groups[0], y = clgrad_groups[1];
    if (x == 0) return clgrad_along(axis, blockIdx.x, blockIdx.y, blockIdx.z);
    return clgrad_along(axis, blockIdx.x % x, blockIdx.x / x % y, blockIdx.x / x / y);
}
inline ulong get_global_id(uint axis) { return get_group_id(axis) * get_local_size(axis) + get_local_id(axis); }
inline ulong get_global_size(uint axis) { return get_num_groups(axis) * get_local_size(axis); }

enum { CLK_LOCAL_MEM_FENCE = 1, CLK_GLOBAL_MEM_FENCE = 2 };
#define barrier(flags) __syncthreads()
#define mem_fence(flags) __threadfence_block()

/* -- numbers as other types -------------------------------------------------------------------------------------- */

template <class To, class From> inline To clgrad_as(From x) {
    static_assert(sizeof(To) == sizeof(From), "as_ of a type of another size");
    To y;
    memcpy(&y, &x, sizeof y);
    return y;
}
#define CLGRAD_CASTS(name, type) \
    template <class From> inline type as_##name(From x) { return clgrad_as<type>(x); } \
    template <class From> inline type convert_##name(From x) { return (type)x; }
CLGRAD_CASTS(char, signed char)
CLGRAD_CASTS(uchar, uchar)
CLGRAD_CASTS(short, short)
CLGRAD_CASTS(ushort, ushort)
CLGRAD_CASTS(int, int)
CLGRAD_CASTS(uint, uint)
CLGRAD_CASTS(long, long)
CLGRAD_CASTS(ulong, ulong)
CLGRAD_CASTS(float, float)
CLGRAD_CASTS(double, double)
#undef CLGRAD_CASTS

/* In PTX, since NVRTC brings no header for halves. */
inline float vload_half(ulong place, const half* a) {
    float x;
    asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(a[place].bits));
    return x;
}
inline void vstore_half_rte(float x, ulong place, half* a) {
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(a[place].bits) : "f"(x));
}

/* -- functions; CUDA knows most of OpenCL's by the same names ----------------------------------------------------- */

inline float mad(float a, float b, float c) { return fma(a, b, c); }
inline double mad(double a, double b, double c) { return fma(a, b, c); }
inline float pown(float x, int n) { return pow(x, n); }
inline double pown(double x, int n) { return pow(x, n); }
template <class T> inline T clamp(T x, T low, T high) { return x < low ? low : x > high ? high : x; }
template <class T, class C> inline T select(T a, T b, C condition) { return condition ? b : a; }
template <class T> inline T mix(T a, T b, T share) { return a + (b - a) * share; }
template <class T> inline T sign(T x) { return x > 0 ? T(1) : x < 0 ? T(-1) : x == x ? x : T(0); }

/* Counts of bits: narrow types are widened to 32 bits or 64. */
template <class T> inline ulong clgrad_bits(T x) { return (ulong)x & (~0UL >> (64 - 8 * sizeof(T))); }
template <class T> inline T popcount(T x) { return __popcll(clgrad_bits(x)); }
template <class T> inline T clz(T x) { return __clzll(clgrad_bits(x)) - (64 - 8 * sizeof(T)); }
template <class T> inline T ctz(T x) { return x ? __ffsll(clgrad_bits(x)) - 1 : 8 * sizeof(T); }
template <class T> inline T rotate(T x, T by) {
    const ulong bits = clgrad_bits(x), count = 8 * sizeof(T), left = (ulong)by & (count - 1);
    return (T)(bits << left | bits >> ((count - left) & (count - 1)));
}
inline int mul_hi(int a, int b) { return (long)a * b >> 32; }
inline uint mul_hi(uint a, uint b) { return (ulong)a * b >> 32; }
inline long mul_hi(long a, long b) { return __mul64hi(a, b); }
inline ulong mul_hi(ulong a, ulong b) { return __umul64hi(a, b); }

/* -- atomics on 32-bit integers: the old value is returned --------------------------------------------------------- */

#define CLGRAD_ATOMIC(name, function) \
    template <class T> inline T atomic_##name(volatile T* a, T x) { return function((T*)a, x); } \
    inline uint atomic_##name(volatile uint* a, int x) { return function((uint*)a, (uint)x); }
CLGRAD_ATOMIC(add, atomicAdd)
CLGRAD_ATOMIC(sub, atomicSub)
CLGRAD_ATOMIC(xchg, atomicExch)
CLGRAD_ATOMIC(min, atomicMin)
CLGRAD_ATOMIC(max, atomicMax)
CLGRAD_ATOMIC(and, atomicAnd)
CLGRAD_ATOMIC(or, atomicOr)
CLGRAD_ATOMIC(xor, atomicXor)
#undef CLGRAD_ATOMIC
template <class T> inline T atomic_inc(volatile T* a) { return atomicAdd((T*)a, T(1)); }
template <class T> inline T atomic_dec(volatile T* a) { return atomicSub((T*)a, T(1)); }
template <class T> inline T atomic_cmpxchg(volatile T* a, T expected, T x) { return atomicCAS((T*)a, expected, x); }

/* Last, since it would change what stands above: where C leaves it open, OpenCL's char has a sign. */
#define char signed char
