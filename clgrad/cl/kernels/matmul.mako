<%doc>
matmul: (*batch, m, k) @ (*batch, k, n), operands read through any strides, any maps on the result.

Form "tile" (B contiguous along n, or anything): a work-item holds `rows` x `vectors` vectors of the result.

        k ->          n -> [ vectors x width ]
    m   a a a a   x   b b b b      each step: `vectors` loads of B, `rows` scalars of A,
    |   a a a a       b b b b                 rows x vectors fused multiply-adds

Form "dot" (A and B contiguous along k: nn.Linear's x @ w.T): both are read in vectors along k, with
`rows` x `columns` vector accumulators whose lanes are added at the end; nothing is transposed.

Tiles at the edges are moved back inside and overlap: equal values are written twice, no masks are needed.
Column tiles run fastest. B is not packed: right while a B panel stays in the second cache.

Tuning: rows, vectors, columns (shapes.py), by the registers of the vector width: 6 x 4 of 16 lanes, 6 x 2 of 8.
Tried and not kept: vload/vstore on PoCL (a call each: a third of the speed).
</%doc>
${k.head} {
    ${k.index} tile_n = ${k.id(0)}, tile_m = ${k.id(1)};
% if not k.capabilities.is_cpu:
    if (tile_n >= ${k.column_tiles} || tile_m >= ${k.row_tiles}) return;
% endif
% if k.batch_names:
    const ${k.index} batch = ${k.id(2)};
    ${k.unflatten("batch", k.batch_names, k.batch_sizes)}
% endif
    const ${k.index} m0 = tile_m * ${k.rows} <= ${k.m - k.rows} ? tile_m * ${k.rows} : ${k.m - k.rows};
    const ${k.index} n0 = tile_n * ${k.columns} <= ${k.n - k.columns} ? tile_n * ${k.columns} : ${k.n - k.columns};
<% kind = k.vector(k.dtype, k.width if k.dot else k.tile_width) %>
<% across = k.columns if k.dot else k.vectors %>
% for row in range(k.rows):
%   for column in range(across):
    ${kind} c${row}_${column} = (${kind})(0);
%   endfor
% endfor
% if k.dot:
    for (${k.index} k = 0; k + ${k.width} <= ${k.depth}; k += ${k.width}) {
%   for column in range(k.columns):
        ${kind} b${column}; { const ${k.index} n = n0 + ${column}; ${k.operand(k.b, k.width)} b${column} = ${k.b.name(k.b_value, k.width)}; }
%   endfor
%   for row in range(k.rows):
        { const ${k.index} m = m0 + ${row}; ${k.operand(k.a, k.width)} const ${kind} a = ${k.a.name(k.a_value, k.width)};
%     for column in range(k.columns):
        c${row}_${column} = a * b${column} + c${row}_${column};
%     endfor
        }
%   endfor
    }
%   for row in range(k.rows):
%     for column in range(k.columns):
    ${k.dtype.c} s${row}_${column} = ${" + ".join(f"c{row}_{column}.s{lane}" for lane in "0123456789abcdef"[:k.width])};
%     endfor
%   endfor
%   if k.depth % k.width:
    for (${k.index} k = ${k.depth - k.depth % k.width}; k < ${k.depth}; k++) {
%     for row in range(k.rows):
%       for column in range(k.columns):
        { const ${k.index} m = m0 + ${row}, n = n0 + ${column}; ${k.operand(k.a, 1)} ${k.operand(k.b, 1)}
          s${row}_${column} += ${k.a.name(k.a_value)} * ${k.b.name(k.b_value)}; }
%       endfor
%     endfor
    }
%   endif
%   for row in range(k.rows):
%     for column in range(k.columns):
    { const ${k.index} m = m0 + ${row}, n = n0 + ${column};
      ${k.epilogue(f"s{row}_{column}", 1)} }
%     endfor
%   endfor
% else:
    for (${k.index} k = 0; k < ${k.depth}; k++) {
%   for column in range(k.vectors):
        ${kind} b${column}; { const ${k.index} n = n0 + ${column * k.tile_width}; ${k.operand(k.b, k.tile_width)} b${column} = ${k.b.name(k.b_value, k.tile_width)}; }
%   endfor
%   for row in range(k.rows):
        { const ${k.index} m = m0 + ${row}; ${k.operand(k.a, 1)} const ${k.dtype.c} a = ${k.a.name(k.a_value)};
%     for column in range(k.vectors):
        c${row}_${column} = a * b${column} + c${row}_${column};
%     endfor
        }
%   endfor
    }
%   for row in range(k.rows):
%     for column in range(k.vectors):
    { const ${k.index} m = m0 + ${row}, n = n0 + ${column * k.tile_width};
      ${k.epilogue(f"c{row}_{column}", k.tile_width)} }
%     endfor
%   endfor
% endif
}
