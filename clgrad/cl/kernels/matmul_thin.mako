<%doc>
matmul_thin: a product with a few rows or a few columns on a GPU (a matrix by a vector), any maps on the result.

The result is `few` long axes of `length`. A group computes `outputs` places of the long axis, and for each of them all
few elements; `along` items share each place, and take turns along k. Their sums are added by halves in local memory.

    k ->  item 0 1 2 3 0 1 2 3 ...      where the large operand is contiguous along k, neighbours are neighbours in k
          item 4 5 6 7 4 5 6 7 ...      else neighbours are neighbours on the long axis

So the large operand is read once, neighbours side by side; the small one comes from the caches.

Tuning (group_products.py): along, outputs.
</%doc>
<%
    T = k.total.c
    large, small = (k.b, k.a) if k.long == "n" else (k.a, k.b)
    large_value, small_value = (k.b_value, k.a_value) if k.long == "n" else (k.a_value, k.b_value)
%>
${k.head} {
% if k.along > 1:
    __local ${T} shared[${k.few}][${k.items}];
% endif
    const uint lid = get_local_id(0);
% if k.along_k:
    const uint output = lid / ${k.along}, part = lid % ${k.along};
% else:
    const uint output = lid % ${k.outputs}, part = lid / ${k.outputs};
% endif
    const ${k.index} group = get_group_id(0);
    const ${k.index} ${k.long} = group % ${k.blocks} * ${k.outputs} + output;
% if k.batch_names:
    const ${k.index} batch = group / ${k.blocks};
    ${k.unflatten("batch", k.batch_names, k.batch_sizes)}
% endif
    ${T} sums[${k.few}];
    #pragma unroll
    for (int few = 0; few < ${k.few}; few++) sums[few] = 0;
    ${k.inside([(k.long, k.length, k.outputs)])}
    for (${k.index} k = part; k < ${k.depth}; k += ${k.along}) {
        ${k.operand(large, 1)}
        #pragma unroll
        for (int ${k.short} = 0; ${k.short} < ${k.few}; ${k.short}++) {
            ${k.operand(small, 1)}
            sums[${k.short}] = ${k.added(k.value(small, small_value, 1), k.value(large, large_value, 1), f"sums[{k.short}]")};
        }
    }
% if k.along > 1:
    #pragma unroll
    for (int few = 0; few < ${k.few}; few++) shared[few][lid] = sums[few];
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int half_parts = ${k.along // 2}; half_parts > 0; half_parts /= 2) {
        if (part < half_parts) {
            for (int few = 0; few < ${k.few}; few++) shared[few][lid] += shared[few][lid + half_parts${"" if k.along_k else f" * {k.outputs}"}];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
% endif
    ${k.inside([(k.long, k.length, k.outputs)], "part == 0")}
    for (int ${k.short} = 0; ${k.short} < ${k.few}; ${k.short}++) {
        ${k.epilogue(f"shared[{k.short}][lid]" if k.along > 1 else f"sums[{k.short}]", 1)}
    }
}
