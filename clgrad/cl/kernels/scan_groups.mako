<%doc>
scan_groups: on a GPU, along one axis, every element becomes the fold of all up to it (in reverse, from it on).

    groups x (side x walkers), along the scan's axis chunk by chunk (`walkers` x `each` elements of each row)

With axes after the scan's, neighbouring work-items go along neighbouring rows: what a step reads lies together, and
nothing is shared. Along the data a group brings a chunk of its `side` rows to local memory, neighbours reading
neighbours. A work-item folds `each` elements there, the walkers of a row scan what each of them found, and
neighbours write neighbours again. An operator that may not regroup has one walker for a row.

All go through each chunk to its end, rows behind the last one too: barriers stand in no branch.
float32 is folded in double where the device has it, as in PyTorch; elsewhere a sum keeps what rounding loses.

Tuning: EACH, ALONE, SIDE, BANKS (scans.py), FILL, LARGEST_GROUP (folds.py); group, most_group, local_memory,
compute_units (capabilities).
</%doc>
<%def name="at(step)">
    const ${k.index} ${k.along} = ${f"{k.length - 1} - {step}" if k.reverse else step};
</%def>
<%def name="down()">
    const ${k.index} row = get_global_id(0);
    if (row >= ${k.rows}) return;
    ${k.unflatten("row", k.names, k.row_sizes)}
    ${k.folds("folded")}
    ${k.start("folded", 1)}
    #pragma unroll 4
    for (${k.index} step = 0; step < ${k.length}; step++) {
        ${at("step")}
        ${k.element(1)}
        ${k.advance("folded", k.value(1), 1, k.factor(1))}
        ${k.results(k.folded("folded", 1), 1)}
    }
</%def>
<%def name="over_tile()">
        for (int at = lid; at < ${k.side * k.chunk}; at += ${k.local_size[0]}) {
            const int place = at % ${k.chunk}, slot = ${k.slot(f"at / {k.chunk}", "place")};
            const ${k.index} row = first + at / ${k.chunk}, step = chunk + place;
            ${caller.body()}
        }
</%def>
<%def name="element()">
                ${k.unflatten("row", k.names, k.row_sizes)}
                ${at("step")}
</%def>
<%def name="tiles()">
    const int lid = get_local_id(0), walker = lid % ${k.walkers};
    const ${k.index} first = (${k.index})get_group_id(0) * ${k.side};
    __local ${k.kind(1)} tile[${k.side * k.pitch}];
% if k.operator.operands > 1:
    __local ${k.kind(1)} factors[${k.side * k.pitch}];
% endif
% if k.walkers > 1:
    __local ${k.kind(1)} ends[${k.local_size[0]}], starts[${k.local_size[0]}];
% endif
    ${k.folds("before")}
    {
        const ${k.index} nth = first + lid / ${k.walkers}, row = nth < ${k.rows} ? nth : ${k.rows - 1};
        ${k.unflatten("row", k.names, k.row_sizes)}
        ${k.start("before", 1)}
    }
    for (${k.index} chunk = 0; chunk < ${k.length}; chunk += ${k.chunk}) {
    <%self:over_tile>
            tile[slot] = ${k.identity};
% if k.operator.operands > 1:
            factors[slot] = ${k.identity};
% endif
            if (row < ${k.rows} && step < ${k.length}) {
                ${element()}
                ${k.element(1)}
                tile[slot] = ${k.value(1)};
% if k.operator.operands > 1:
                factors[slot] = ${k.factor(1)};
% endif
            }
    </%self:over_tile>
        barrier(CLK_LOCAL_MEM_FENCE);
% if k.walkers == 1:
        if (lid < ${k.side})
            for (int place = 0; place < ${k.each}; place++) {
                const int slot = ${k.slot("lid", "place")};
                tile[slot] = before = ${k.fold("before", "tile[slot]", 1, "factors[slot]")};
            }
        barrier(CLK_LOCAL_MEM_FENCE);
% else:
        {
            const int begin = walker * ${k.each};
            ${k.kind(1)} total = tile[${k.slot(f"lid / {k.walkers}", "begin")}];
            #pragma unroll
            for (int place = begin + 1; place < begin + ${k.each}; place++) {
                const int slot = ${k.slot(f"lid / {k.walkers}", "place")};
                tile[slot] = total = ${k.fold("total", "tile[slot]", 1)};
            }
            ends[lid] = total;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int reach = 1; reach < ${k.walkers}; reach *= 2) {
            ${k.kind(1)} up_to = ends[lid];
            if (walker >= reach) up_to = ${k.fold("ends[lid - reach]", "up_to", 1)};
            barrier(CLK_LOCAL_MEM_FENCE);
            ends[lid] = up_to;
            barrier(CLK_LOCAL_MEM_FENCE);
        }
        starts[lid] = ${k.folded("before", 1)};
        if (walker) starts[lid] = ${k.fold(k.folded("before", 1), "ends[lid - 1]", 1)};
        ${k.advance("before", f"ends[lid - walker + {k.walkers - 1}]", 1)}
        barrier(CLK_LOCAL_MEM_FENCE);
% endif
    <%self:over_tile>
            if (row < ${k.rows} && step < ${k.length}) {
                ${element()}
% if k.walkers == 1:
                const ${k.kind(1)} folded = tile[slot];
% else:
                const ${k.kind(1)} start = starts[at / ${k.each}];
                const ${k.kind(1)} folded = ${k.fold("start", "tile[slot]", 1)};
% endif
                ${k.results("folded", 1)}
            }
    </%self:over_tile>
        barrier(CLK_LOCAL_MEM_FENCE);
    }
</%def>
${k.head} {
% if k.in_tiles:
    ${tiles()}
% else:
    ${down()}
% endif
}
