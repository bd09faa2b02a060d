<%doc>
matmul_group: (*batch, m, k) @ (*batch, k, n) on a GPU, operands read through any strides, any maps on the result.

A group computes a tile of the result, `height` x `breadth`; each of its `down` x `across` items computes `rows` x
`columns` elements of it in registers. Tiles of A and B, `step` deep, stand in local memory.

         step        breadth
        +----+    +------------+     An item's columns are `run` neighbours, then `run` more beyond those of the other
 height | A  |    | B          |     items, and so its rows: neighbours store neighbours, and read neighbouring banks.
        +----+    +------------+

  Operands are read along their contiguous axis, each element once by a group, and computed by their maps on the way.
  Beyond the edges there are zeros, so all items meet at the barriers. While products of one step are added up, the
  next step's elements are on their way to registers. With two `stages` of local memory, one barrier a step is enough:
  who writes a stage has passed the barrier after which everybody had left it. The products are written out: not every
  driver unrolls when it is told to.

Tuning (group_products.py): rows, columns, down, across, step, run, stages.
</%doc>
<%def name="fetch(name, writer, value, count, along_k, first)">
    #pragma unroll
    for (int e = 0; e < ${count}; e++) {
        const uint place = lid + e * ${k.items};
<%
    outer, length, tile, start = ("m", k.m, k.height, "m0") if name == "a" else ("n", k.n, k.breadth, "n0")
    inside = k.inside([(outer, length, tile), ("k", k.depth, k.step)])
%>
% if along_k:
        const ${k.index} ${outer} = ${start} + place / ${k.step}, k = ${first} + place % ${k.step};
% else:
        const ${k.index} ${outer} = ${start} + place % ${tile}, k = ${first} + place / ${tile};
% endif
% if inside:
        next_${name}[e] = 0;
% endif
        ${inside} { ${k.operand(writer, 1)} next_${name}[e] = ${value}; }
    }
</%def>
<%def name="fetch_both(first)">
    ${fetch("a", k.a, k.value(k.a, k.a_value, 1), k.a_count, k.a_along_k, first)}
    ${fetch("b", k.b, k.value(k.b, k.b_value, 1), k.b_count, k.b_along_k, first)}
</%def>
<%def name="keep(name, count, along_k, tile)">
        #pragma unroll
        for (int e = 0; e < ${count}; e++) {
            const uint place = lid + e * ${k.items};
% if along_k:
            tile_${name}[${"stage + " if k.stages > 1 else ""}place % ${k.step}][place / ${k.step}] = next_${name}[e];
% else:
            tile_${name}[${"stage + " if k.stages > 1 else ""}place / ${tile}][place % ${tile}] = next_${name}[e];
% endif
        }
</%def>
<% T = k.total.c %>
${k.head} {
    __local ${T} tile_a[${k.stages * k.step}][${k.a_pitch}] __attribute__((aligned(16)));
    __local ${T} tile_b[${k.stages * k.step}][${k.b_pitch}] __attribute__((aligned(16)));
    const uint lid = get_local_id(0), down = lid / ${k.across}, across = lid % ${k.across};
    const ${k.index} group = get_group_id(0), tile_row = group / ${k.column_tiles};
    const ${k.index} n0 = (group - tile_row * ${k.column_tiles}) * ${k.breadth}, m0 = tile_row % ${k.row_tiles} * ${k.height};
% if k.batch_names:
    const ${k.index} batch = group / ${k.column_tiles * k.row_tiles};
    ${k.unflatten("batch", k.batch_names, k.batch_sizes)}
% endif
    ${T} next_a[${k.a_count}], next_b[${k.b_count}], sums[${k.rows}][${k.columns}];
    #pragma unroll
    for (int row = 0; row < ${k.rows}; row++)
    #pragma unroll
    for (int column = 0; column < ${k.columns}; column++) sums[row][column] = 0;
    ${fetch_both("0")}
    for (${k.index} k0 = 0; k0 < ${k.depth}; k0 += ${k.step}) {
% if k.stages > 1:
        const int stage = k0 / ${k.step} % ${k.stages} * ${k.step};
% endif
        ${keep("a", k.a_count, k.a_along_k, k.height)}
        ${keep("b", k.b_count, k.b_along_k, k.breadth)}
        barrier(CLK_LOCAL_MEM_FENCE);
% if k.depth > k.step:
        if (k0 + ${k.step} < ${k.depth}) {
            ${fetch_both(f"k0 + {k.step}")}
        }
% endif
        for (int s = ${"stage" if k.stages > 1 else "0"}; s < ${"stage + " if k.stages > 1 else ""}${k.step}; s++) {
% for row in range(k.rows):
            const ${T} left${row} = tile_a[s][${k.spread("down", k.down, row)}];
% endfor
% for column in range(k.columns):
            const ${T} above${column} = tile_b[s][${k.spread("across", k.across, column)}];
% endfor
% for row in range(k.rows):
%   for column in range(k.columns):
            sums[${row}][${column}] = ${k.added(f"left{row}", f"above{column}", f"sums[{row}][{column}]")};
%   endfor
% endfor
        }
% if k.stages == 1 and k.depth > k.step:
        barrier(CLK_LOCAL_MEM_FENCE);
% endif
    }
    #pragma unroll
    for (int row = 0; row < ${k.rows}; row++)
    #pragma unroll
    for (int column = 0; column < ${k.columns}; column++) {
        const ${k.index} m = m0 + ${k.spread("down", k.down, "row")}, n = n0 + ${k.spread("across", k.across, "column")};
        ${k.inside([("m", k.m, k.height), ("n", k.n, k.breadth)])} {
            ${k.epilogue("sums[row][column]", 1)}
        }
    }
}
