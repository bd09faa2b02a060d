<%doc>
fold: reductions on a GPU, with maps before, between and after them; plain reductions, too.

    groups x (side x walkers): a group takes `side` neighbouring rows, each with `walkers` work-items

Where a row's elements lie side by side, neighbouring work-items walk along one row, `walkers` elements a step; where
neighbouring rows do (a sum over leading axes), neighbours walk down their own rows, side by side. Either way what a
step reads of a buffer lies together. Short rows share a group; few long ones have larger groups.

Each pass completes the reductions whose operands are ready: a walker folds its share in registers, then the walkers of
a row are joined by halves in local memory, all reductions of a pass at once. Elements are computed anew in each
pass. A long sum is made of blocks, which are added up with what is lost by rounding. Nobody leaves before the last
barrier: a place behind the last row walks no elements.

Tuning: side and walkers (measured, else by EACH, SIDE, LARGEST_GROUP, FILL, WALK); LONGEST_WALK (folds.py); CHAIN
(reductions.py); group, most_group, local_memory, compute_units (capabilities).
</%doc>
<%def name="walk(stage, first, end)">
    #pragma unroll 4
    for (${k.index} at = ${first}; at < ${end}; at += ${k.walkers}) {
        ${k.unflatten("at", k.inner_names, k.inner_sizes)}
        ${k.block(stage.lines, 1)}
% for number in stage.reduces:
<% total = k.total(stage, number) %>
        ${total} = ${k.writer.combine(number, total, k.writer.name(kernel.lines[number].operands[0]), 1)};
% endfor
        ${k.stores(stage.stores, 1)}
    }
</%def>
<%def name="blocks(stage, walker, end)">
    for (${k.index} block = 0; block < ${end}; block += ${stage.block}) {
        const ${k.index} last = block + ${stage.block} < ${end} ? block + ${stage.block} : ${end};
% for number in k.sums(stage):
        ${k.type_of(number)} w${number} = 0;
% endfor
        ${walk(stage, f"block + {walker}", "last")}
% for number in k.sums(stage):
        ${k.add_up(number)}
% endfor
    }
% for number in k.sums(stage):
    ${k.settle(number)}
% endfor
</%def>
<%def name="join(numbers)">
% for number in numbers:
    shared${number}[lid] = v${number};
% endfor
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int reach = ${k.walkers // 2}; reach > 0; reach /= 2) {
        if (walker < reach) {
% for number in numbers:
            const ${k.type_of(number)} other${number} = shared${number}[lid + reach * ${k.apart}];
            shared${number}[lid] = v${number} = ${k.writer.combine(number, f"v{number}", f"other{number}", 1)};
% endfor
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
% for number in numbers:
    v${number} = shared${number}[lid - walker * ${k.apart}];
% endfor
</%def>
<%
    walker = "walker" if k.walkers > 1 else "0"
    end = "end" if k.has_rest and k.walkers > 1 else str(k.length)
%>
${k.head} {
% if k.walkers == 1:
    const ${k.index} row = get_global_id(0);
%   if k.has_rest:
    if (row >= ${k.rows}) return;
%   endif
% else:
    const int lid = get_local_id(0);
%   if k.is_across:
    const int walker = lid / ${k.side}, place = lid % ${k.side};
%   else:
    const int walker = lid % ${k.walkers}, place = lid / ${k.walkers};
%   endif
%   if k.has_rest:
    const ${k.index} nth = (${k.index})get_group_id(0) * ${k.side} + place;
    const ${k.index} row = nth < ${k.rows} ? nth : ${k.rows - 1}, end = nth < ${k.rows} ? ${k.length} : 0;
%   else:
    const ${k.index} row = (${k.index})get_group_id(0) * ${k.side} + place;
%   endif
%   for number in k.reduces:
    __local ${k.type_of(number)} shared${number}[${k.local_size[0]}];
%   endfor
% endif
    ${k.unflatten("row", k.names, k.row_sizes)}
% for stage in k.stages:
    ${k.block(stage.row_lines, 1)}
%   for number in stage.reduces:
    ${k.type_of(number)} v${number} = ${k.writer.identity(number)}${f", lost{number} = 0" if number in k.sums(stage) else ""};
%   endfor
%   if stage.cut is None:
    ${walk(stage, walker, end)}
%   else:
    ${blocks(stage, walker, end)}
%   endif
%   if k.walkers > 1 and stage.reduces:
    ${join(stage.reduces)}
%   endif
% endfor
% if k.row_stores:
%   if k.walkers > 1:
    if (walker == 0${f" && nth < {k.rows}" if k.has_rest else ""})
%   endif
    {
    ${k.block(k.last_lines, 1)}
    ${k.stores(k.row_stores, 1)}
    }
% endif
}
