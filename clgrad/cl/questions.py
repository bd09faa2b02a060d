"""What a device is asked: small kernels, each with the numbers that it has to compute.

A row of ``PROBES`` builds and runs, and looks at what came out; extension strings are not believed. Rows whose kernels
may end a process (instructions of one vendor, the limits that a driver claims) say so, and are asked in another one.
"""

from __future__ import annotations

import ctypes
import math
import secrets
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyopencl

from clgrad.cl.bench import NAME, OPTIONS, Answer, Bench, Probe, Way, first_line, first_way, right

# -- numbers --------------------------------------------------------------------------------------


def _arithmetic(bench: Bench, ctype: str, dtype: Any, extension: str) -> Answer:
    """Whether sums and products are rounded to this dtype, no more and no less."""
    kernel = bench.kernel(f"""
#pragma OPENCL EXTENSION {extension} : enable
__kernel void {NAME}(__global const {ctype}* a, __global const {ctype}* b, __global {ctype}* sums,
                     __global {ctype}* products) {{
    const size_t n = get_global_id(0);
    sums[n] = a[n] + b[n];
    products[n] = a[n] * b[n];
}}""")
    a, b = bench.random.uniform(1, 2, (2, 256)).astype(dtype)
    sums, products = np.zeros_like(a), np.zeros_like(a)
    bench.run(kernel, a.size, 1, a, b, sums, products)
    return right(np.array_equal(sums, a + b) and np.array_equal(products, a * b))


def _half_storage(bench: Bench) -> Answer:
    kernel = bench.kernel(f"""
__kernel void {NAME}(__global const half* halves, __global float* floats, __global const float* numbers,
                     __global half* rounded) {{
    const size_t n = get_global_id(0);
    floats[n] = vload_half(n, halves);
    vstore_half_rte(numbers[n], n, rounded);
}}""")
    every = np.arange(2**16, dtype=np.uint16).view(np.float16)
    halves = every[np.isfinite(every)]
    numbers = bench.random.normal(0, 100, halves.size).astype(np.float32)
    floats, rounded = np.zeros_like(numbers), np.zeros_like(halves)
    bench.run(kernel, halves.size, 1, halves, floats, numbers, rounded)
    return right(np.array_equal(floats, halves.astype(np.float32)) and np.array_equal(rounded, numbers.astype("e")))


def _bfloat16(bench: Bench) -> Answer:
    body = "__kernel void {}(__global const float* a, __global ushort* b) {{ const size_t n = get_global_id(0); {} }}"
    ways = [
        Way("__bf16", body.format(NAME, "__bf16 half_n = (__bf16)a[n]; b[n] = as_ushort(half_n);")),
        Way("intel_convert_bfloat16_as_ushort", body.format(NAME, "b[n] = intel_convert_bfloat16_as_ushort(a[n]);")),
        Way(
            "PTX cvt.rn.bf16x2.f32",
            body.format(
                NAME,
                'uint pair; __asm__("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(0.0f), "f"(a[n])); '
                "b[n] = (ushort)pair;",
            ),
        ),
    ]

    def check(kernel: Any) -> Answer:
        a = bench.random.normal(0, 1, 256).astype(np.float32)
        bits, b = a.view(np.uint32), np.zeros(a.size, np.uint16)
        bench.run(kernel, a.size, 1, a, b)
        nearest_even = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16
        return right(np.array_equal(b, nearest_even.astype(np.uint16)))

    return first_way(bench, ways, check)


# -- atomics --------------------------------------------------------------------------------------


def _int64_atomics(bench: Bench) -> Answer:
    kernel = bench.kernel(f"""
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable
__kernel void {NAME}(volatile __global long* total) {{ atom_add(total, (long)get_global_id(0) << 20 | 1); }}""")
    start, items = 2**32 - 5, 4096
    total = np.full(1, start, np.int64)
    bench.run(kernel, items, 64, total)
    return right(int(total[0]) == start + items + (items * (items - 1) // 2 << 20))


def _float_atomics(bench: Bench) -> Answer:
    ways = [
        Way(
            "cl_ext_float_atomics",
            f"""
#pragma OPENCL EXTENSION cl_ext_float_atomics : enable
__kernel void {NAME}(volatile __global atomic_float* total) {{
    atomic_fetch_add_explicit(total, 0.5f, memory_order_relaxed, memory_scope_device);
}}""",
            ("-cl-std=CL3.0",),
        ),
        Way(
            "PTX atom.global.add.f32",
            f"""
__kernel void {NAME}(volatile __global float* total) {{
    float before;
    __asm__ volatile("atom.global.add.f32 %0, [%1], %2;" : "=f"(before) : "l"(total), "f"(0.5f) : "memory");
}}""",
        ),
    ]

    def check(kernel: Any) -> Answer:
        total = np.full(1, 7, np.float32)
        bench.run(kernel, 4096, 64, total)
        return right(float(total[0]) == 7 + 4096 / 2)

    return first_way(bench, ways, check)


# -- groups and their memory ----------------------------------------------------------------------


def _sub_groups(bench: Bench) -> Answer:
    text = f"""
#pragma OPENCL EXTENSION cl_khr_subgroups : enable
__kernel void {NAME}(__global int* size, __global int* sum) {{
    const size_t n = get_global_id(0);
    size[n] = get_sub_group_size();
    sum[n] = sub_group_reduce_add((int)get_sub_group_local_id());
}}"""
    ptx = f"""
__kernel void {NAME}(__global int* size, __global int* sum) {{
    const size_t n = get_global_id(0);
    int lane, other;
    __asm__("mov.u32 %0, WARP_SZ;" : "=r"(other));
    size[n] = other;
    __asm__("mov.u32 %0, %%laneid;" : "=r"(lane));
    for (int step = 16; step; step /= 2) {{
        __asm__ volatile("shfl.sync.bfly.b32 %0, %1, %2, 31, 0xffffffff;" : "=r"(other) : "r"(lane), "r"(step));
        lane += other;
    }}
    sum[n] = lane;
}}"""
    ways = [
        Way("OpenCL 3.0", text, ("-cl-std=CL3.0",)),
        Way("OpenCL 2.0", text, ("-cl-std=CL2.0",)),
        Way("PTX shfl.sync", ptx),
    ]

    def check(kernel: Any) -> Answer:
        group = min(64, bench.handle.max_work_group_size)
        size, total = np.zeros((2, 4 * group), np.int32)
        bench.run(kernel, size.size, group, size, total)
        return right(bool((size > 0).all() and (total == size * (size - 1) // 2).all()), int(size.max()))

    return first_way(bench, ways, check)


def _exchange(static_words: int = 0) -> str:
    """A kernel whose work-items read from local memory what others wrote there: an argument's, or declared here."""
    declared = f"__local uint held[{static_words}];" if static_words else ""
    given = "" if static_words else "__local uint* held, "
    return f"""
__kernel void {NAME}(__global uint* found, {given}const uint words) {{
    {declared}
    const uint item = get_local_id(0), items = get_local_size(0);
    for (uint n = item; n < words; n += items)
        held[n] = n * 2654435761u + (uint)get_group_id(0);
    barrier(CLK_LOCAL_MEM_FENCE);
    uint mixed = 0;
    for (uint n = item; n < words; n += items)
        mixed ^= held[words - 1 - n] * (2 * n + 1);
    found[get_global_id(0)] = mixed;
}}"""


def _exchanges(bench: Bench, kernel: Any, group: int, words: int, is_static: bool = False) -> bool:
    """Whether two groups of so many work-items can use so many words of local memory."""
    number = np.arange(words, dtype=np.uint32)
    wanted = []
    for which in range(2):
        held = number * np.uint32(2654435761) + np.uint32(which)
        mixed = np.zeros(-(-words // group) * group, np.uint32)
        mixed[:words] = held[::-1] * (2 * number + 1)
        wanted.append(np.bitwise_xor.reduce(mixed.reshape(-1, group)))
    found = np.zeros(2 * group, np.uint32)
    local = () if is_static else (pyopencl.LocalMemory(4 * words),)
    bench.run(kernel, found.size, group, found, *local, np.uint32(words))
    return np.array_equal(found, np.concatenate(wanted))


def _largest(bench: Bench, claim: int, sizes: Iterable[int], works: Callable[[int], bool]) -> Answer:
    """The first of these sizes that works."""
    reason = "the kernel runs, and computes wrong numbers"
    for size in sizes:
        try:
            if works(size):
                return Answer(size, "" if size == claim else f"the driver says {claim:,}")
        except pyopencl.Error as error:
            reason = first_line(error)
    return Answer(False, reason, lasts=bench.builds)


def _halved(largest: int) -> Iterator[int]:
    while largest >= 1:
        yield largest
        largest //= 2


def _largest_group(bench: Bench) -> Answer:
    kernel = bench.kernel(_exchange())
    claim = int(bench.handle.max_work_group_size)
    return _largest(bench, claim, _halved(claim), lambda group: _exchanges(bench, kernel, group, group))


_LADDER = tuple(size * 2**10 for size in (200, 128, 96, 64, 48, 32, 16))
"""Bytes of local memory that are tried beside what the driver claims."""


def _local_memory(bench: Bench) -> Answer:
    kernel, claim = bench.kernel(_exchange()), int(bench.handle.local_mem_size)
    group = min(64, bench.handle.max_work_group_size)
    sizes = (claim, *(size for size in _LADDER if size < claim))
    return _largest(bench, claim, sizes, lambda size: _exchanges(bench, kernel, group, size // 4))


def _declared_local_memory(bench: Bench) -> Answer:
    claim = int(bench.handle.local_mem_size)
    group = min(64, bench.handle.max_work_group_size)

    def works(size: int) -> bool:
        return _exchanges(bench, bench.kernel(_exchange(size // 4)), group, size // 4, is_static=True)

    sizes = sorted({claim, *_LADDER}, reverse=True)
    return _largest(bench, claim, sizes, works)


# -- arguments and buffers ------------------------------------------------------------------------


def _parameter_bytes(bench: Bench) -> Answer:
    claim = int(bench.handle.max_parameter_size)

    def works(size: int) -> bool:
        count = size // 8
        names = ", ".join(f"__global uint* a{n}" for n in range(count))
        total = " + ".join(f"a{n}[0]" for n in range(1, count))
        kernel = bench.kernel(f"__kernel void {NAME}({names}) {{ a0[0] = {total}; }}")
        numbers = bench.random.integers(1, 2**20, (count, 1), dtype=np.uint32)
        wanted = numbers[1:].sum(dtype=np.uint32)
        bench.run(kernel, 1, 1, *numbers)
        return bool(numbers[0, 0] == wanted)

    return _largest(bench, claim, (size for size in _halved(claim) if size >= 16), works)


def _largest_allocation(bench: Bench) -> Answer:
    claim = int(bench.handle.max_mem_alloc_size)
    kernel = bench.kernel(f"""
__kernel void {NAME}(__global uchar* bytes, const ulong last) {{
    bytes[0] = 1; bytes[last / 2] = 2; bytes[last] = 3;
}}""")

    def works(size: int) -> bool:
        buffer = pyopencl.Buffer(bench.context, pyopencl.mem_flags.READ_WRITE, size)
        bench.run(kernel, 1, 1, buffer, np.uint64(size - 1))
        found = np.zeros(3, np.uint8)
        for number, place in enumerate((0, (size - 1) // 2, size - 1)):
            pyopencl.enqueue_copy(bench.queue, found[number : number + 1], buffer, src_offset=place)
        buffer.release()
        return np.array_equal(found, [1, 2, 3])

    return _largest(bench, claim, (size for size in _halved(claim) if size >= 2**20), works)


def _zero_copy(bench: Bench) -> Answer:
    kernel = bench.kernel(f"__kernel void {NAME}(__global int* a) {{ a[get_global_id(0)] += 1; }}")
    page, size = 4096, 2**16
    room = np.zeros(size + page, np.uint8)
    host = room[-room.ctypes.data % page :][:size].view(np.int32)
    flags = pyopencl.mem_flags.READ_WRITE | pyopencl.mem_flags.USE_HOST_PTR
    buffer = pyopencl.Buffer(bench.context, flags, hostbuf=host)
    bench.run(kernel, host.size, 1, buffer)
    mapped, _ = pyopencl.enqueue_map_buffer(bench.queue, buffer, pyopencl.map_flags.READ, 0, host.shape, host.dtype)
    same = mapped.ctypes.data == host.ctypes.data and bool((mapped == 1).all())
    mapped.base.release(bench.queue)
    bench.queue.finish()
    return Answer(same, "" if same else "a map gives a copy")


def _timer(bench: Bench) -> Answer:
    kernel = bench.kernel(f"__kernel void {NAME}(__global int* a) {{ a[get_global_id(0)] += 1; }}")
    events = [bench.run(kernel, 64, 1, np.zeros(64, np.int32)) for _ in range(64)]
    times = {time for event in events for time in (event.profile.queued, event.profile.start, event.profile.end)}
    tick = math.gcd(*(time - min(times) for time in times))
    claim = f"the driver says {bench.handle.profiling_timer_resolution:,}"
    return Answer(tick, claim) if tick else Answer(False, "all times of events are equal")


# -- the compiler ---------------------------------------------------------------------------------


def _parallel_builds(bench: Bench) -> Answer:
    """How many programs the driver builds in the time of one, of four that it has not seen."""

    def build(number: int) -> None:
        lines = "".join(f"x = sin(x) * {n}.5f + cos(x + {number}.25f);\n" for n in range(200))
        salt = secrets.token_hex(8)  # no cache of the driver's knows it
        text = f"__kernel void {NAME}_{salt}(__global float* a) {{ float x = a[get_global_id(0)];\n{lines} a[0] = x; }}"
        pyopencl.Program(bench.context, text).build(options=list(OPTIONS), cache_dir=False)

    with warnings.catch_warnings(), ThreadPoolExecutor(4) as pool:
        warnings.simplefilter("ignore", pyopencl.CompilerWarning)
        build(0)  # the first one also loads the compiler
        times = [time.perf_counter()]
        for builds in (map, pool.map):
            list(builds(build, range(4)))
            times.append(time.perf_counter())
    ratio = (times[1] - times[0]) / (times[2] - times[1])
    return Answer(max(1, round(ratio)), f"four in threads take {1 / ratio:.2f} of the time of one after the other")


# -- command buffers ------------------------------------------------------------------------------


def _command_buffers(bench: Bench) -> Answer:
    """Record a kernel, and replay it three times. PyOpenCL has no binding, so the functions are called by address."""
    versions = {one.name: int(one.version) for one in bench.handle.extensions_with_version}
    version = versions.get("cl_khr_command_buffer")
    if version is None:
        return Answer(False, "the driver names no cl_khr_command_buffer")
    library = ctypes.CDLL(pyopencl._cl.__file__)  # its symbols include those of the loader it is linked with
    library.clGetExtensionFunctionAddressForPlatform.restype = ctypes.c_void_p
    platform = ctypes.c_void_p(bench.handle.platform.int_ptr)

    def function(name: str, result: Any, *arguments: Any) -> Any:
        address = library.clGetExtensionFunctionAddressForPlatform(platform, name.encode())
        return ctypes.CFUNCTYPE(result, *arguments)(address) if address else None

    pointer, count, status = ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int32
    sizes = ctypes.c_size_t * 1
    create = function("clCreateCommandBufferKHR", pointer, count, pointer, pointer, pointer)
    # Of the commands that can be recorded, only this one has had its arguments since the first version.
    record = function("clCommandNDRangeKernelKHR", status, *[pointer] * 4, count, *[pointer] * 3, count, *[pointer] * 3)
    finish = function("clFinalizeCommandBufferKHR", status, pointer)
    replay = function("clEnqueueCommandBufferKHR", status, count, pointer, pointer, count, pointer, pointer)
    if not (create and record and finish and replay):
        return Answer(False, "the driver names the extension, and has no functions for it")
    kernel = bench.kernel(f"__kernel void {NAME}(__global int* a) {{ a[get_global_id(0)] += 3; }}")
    numbers = np.arange(64, dtype=np.int32)
    buffer = bench.buffer(numbers)
    kernel.set_args(buffer)
    queues = (pointer * 1)(bench.queue.int_ptr)
    error = status()
    commands = create(1, queues, None, ctypes.byref(error))
    if not commands:
        return Answer(False, f"clCreateCommandBufferKHR gives the error {error.value}")
    steps = [record(commands, None, None, kernel.int_ptr, 1, None, sizes(64), sizes(1), 0, None, None, None)]
    steps.append(finish(commands))
    steps += [replay(0, None, commands, 0, None, None) for _ in range(3) if not bench.queue.finish()]
    if any(steps):
        return Answer(False, f"recording and replaying give the errors {steps}")
    pyopencl.enqueue_copy(bench.queue, found := np.zeros_like(numbers), buffer)
    return right(np.array_equal(found, numbers + 9), f"{version >> 22}.{version >> 12 & 1023}.{version & 4095}")


# -- instructions for products --------------------------------------------------------------------


def _int8_dots(bench: Bench) -> Answer:
    body = "__kernel void {}(__global const uint* a, __global const uint* b, __global int* c) {{ {} }}"
    builtin = "const size_t n = get_global_id(0); c[n] += dot_4x8packed_ss_int(a[n], b[n]);"
    ptx = 'const size_t n = get_global_id(0); int r; __asm__("dp4a.s32.s32 %0, %1, %2, %3;" : "=r"(r) '
    ptx += ': "r"(a[n]), "r"(b[n]), "r"(c[n])); c[n] = r;'
    ways = [
        Way("dot_4x8packed_ss_int", body.format(NAME, builtin), ("-cl-std=CL3.0",)),
        Way("PTX dp4a", body.format(NAME, ptx)),
    ]

    def check(kernel: Any) -> Answer:
        a, b = bench.random.integers(-128, 128, (2, 256, 4)).astype(np.int8)
        c = bench.random.integers(-1000, 1000, 256).astype(np.int32)
        wanted = c + (a.astype(np.int32) * b).sum(1)
        bench.run(kernel, c.size, 1, a.view(np.uint32), b.view(np.uint32), c)
        return right(np.array_equal(c, wanted))

    return first_way(bench, ways, check)


def _multiplies(bench: Bench, text: str, shape: tuple[int, int, int], lanes: int, is_bfloat16: bool = False) -> Answer:
    """Whether one sub-group computes ``c += a @ b`` of matrices of rows, columns, and inner size as in ``shape``.

    In memory a and c lie row by row, b column by column.
    """
    kernel = bench.kernel(text)
    rows, columns, inner = shape
    a = bench.random.integers(-8, 9, (rows, inner)).astype(np.float32)
    b = bench.random.integers(-8, 9, (columns, inner)).astype(np.float32)
    c = bench.random.integers(-99, 99, (rows, columns)).astype(np.float32)
    wanted = c + a @ b.T
    halves = [(m.view(np.uint32) >> 16).astype(np.uint16) if is_bfloat16 else m.astype(np.float16) for m in (a, b)]
    bench.run(kernel, lanes, lanes, *halves, c)
    return right(np.array_equal(c, wanted))


def _mma(bench: Bench) -> Answer:
    text = f"""
__kernel void {NAME}(__global const uint* a, __global const uint* b, __global float* c) {{
    const int row = get_local_id(0) / 4, pair = get_local_id(0) % 4;
    float c0 = c[row * 8 + 2 * pair], c1 = c[row * 8 + 2 * pair + 1];
    float c2 = c[(row + 8) * 8 + 2 * pair], c3 = c[(row + 8) * 8 + 2 * pair + 1];
    __asm__ volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
        "{{%0, %1, %2, %3}}, {{%4, %5, %6, %7}}, {{%8, %9}}, {{%0, %1, %2, %3}};"
        : "+f"(c0), "+f"(c1), "+f"(c2), "+f"(c3)
        : "r"(a[row * 8 + pair]), "r"(a[(row + 8) * 8 + pair]), "r"(a[row * 8 + pair + 4]),
          "r"(a[(row + 8) * 8 + pair + 4]), "r"(b[row * 8 + pair]), "r"(b[row * 8 + pair + 4]));
    c[row * 8 + 2 * pair] = c0; c[row * 8 + 2 * pair + 1] = c1;
    c[(row + 8) * 8 + 2 * pair] = c2; c[(row + 8) * 8 + 2 * pair + 1] = c3;
}}"""
    return _multiplies(bench, text, (16, 8, 16), 32, is_bfloat16=True)


def _dpas(bench: Bench) -> Answer:
    """The instruction wants the device's smallest sub-group: 16 lanes that hold a short each, or 8 that hold an int."""
    for width, part in ((16, "short"), (8, "int")):
        text = f"""
__attribute__((intel_reqd_sub_group_size({width})))
__kernel void {NAME}(__global const {part}* a, __global const uint* b, __global float* c) {{
    const int lane = get_local_id(0);
    {part}8 rows; int8 column; float8 sums;
    for (int n = 0; n < 8; n++) {{
        (({part}*)&rows)[n] = a[n * {width} + lane];
        ((int*)&column)[n] = b[lane * 8 + n];
        ((float*)&sums)[n] = c[n * {width} + lane];
    }}
    sums = intel_sub_group_f16_f16_matrix_mad_k16(rows, column, sums);
    for (int n = 0; n < 8; n++) c[n * {width} + lane] = ((float*)&sums)[n];
}}"""
        try:
            answer = _multiplies(bench, text, (8, width, 16), width)
        except pyopencl.Error as error:
            answer = Answer(False, first_line(error), lasts=bench.builds)
        if answer.value:
            return Answer(True, f"sub-groups of {width}")
    return answer


def _wmma(bench: Bench) -> Answer:
    text = f"""
#pragma OPENCL EXTENSION cl_khr_fp16 : enable
__attribute__((reqd_work_group_size(32, 1, 1)))
__kernel void {NAME}(__global const half16* a, __global const half16* b, __global float* c) {{
    const int lane = get_local_id(0), column = lane % 16;
    float8 sums;
    for (int n = 0; n < 8; n++) ((float*)&sums)[n] = c[(2 * n + lane / 16) * 16 + column];
    sums = __builtin_amdgcn_wmma_f32_16x16x16_f16_w32(a[column], b[column], sums);
    for (int n = 0; n < 8; n++) c[(2 * n + lane / 16) * 16 + column] = ((float*)&sums)[n];
}}"""
    return _multiplies(bench, text, (16, 16, 16), 32)


PROBES = (
    Probe(
        "fp64",
        "double is computed with 53 bits",
        lambda bench: _arithmetic(bench, "double", np.float64, "cl_khr_fp64"),
    ),
    Probe("half storage", "float16 in memory: vload_half and vstore_half round as numpy does", _half_storage),
    Probe(
        "half arithmetic",
        "half is computed with 11 bits",
        lambda bench: _arithmetic(bench, "half", np.float16, "cl_khr_fp16"),
    ),
    Probe("bfloat16", "an instruction rounds float to bfloat16", _bfloat16, may_kill=True),
    Probe("int64 atomics", "4,096 work-items add to one long, and none is lost", _int64_atomics),
    Probe("float atomics", "4,096 work-items add to one float, and none is lost", _float_atomics, may_kill=True),
    Probe("sub-groups", "work-items that exchange numbers without memory: how many", _sub_groups, may_kill=True),
    Probe("largest group", "work-items of a group that meet at a barrier", _largest_group),
    Probe("local memory", "bytes that a group can share, as an argument of the kernel", _local_memory),
    Probe("declared local memory", "the same, declared in the kernel", _declared_local_memory, may_kill=True),
    Probe("parameter bytes", "bytes of a kernel's arguments, all of them buffers", _parameter_bytes, may_kill=True),
    Probe("largest allocation", "bytes of one buffer, written at both ends", _largest_allocation, may_kill=True),
    Probe("zero copy", "kernels work in the host's memory", _zero_copy),
    Probe("timer", "nanoseconds that all times of events are multiples of", _timer),
    Probe("parallel builds", "programs that are built in the time of one", _parallel_builds, may_kill=True),
    Probe("command buffers", "a kernel is recorded and replayed: the version", _command_buffers, may_kill=True),
    Probe("int8 dots", "an instruction multiplies and adds four int8", _int8_dots, may_kill=True),
    Probe("mma.sync", "NVIDIA's instruction multiplies matrices of bfloat16", _mma, may_kill=True),
    Probe("DPAS", "Intel's instruction multiplies matrices of float16", _dpas, may_kill=True),
    Probe("WMMA", "AMD's instruction multiplies matrices of float16", _wmma, may_kill=True),
)
