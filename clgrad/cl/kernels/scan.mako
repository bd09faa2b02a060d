<%doc>
scan: along one axis, every element becomes the fold of all up to it (in reverse, from it on).

    rows (all axes but two) x the scan's axis x lane axis (the last axis after it, in vectors)

walk: a work-item goes along the axis with an accumulator for each lane of a strip, which stay in the first cache;
`slots` vectors, side by side. The last slot is moved back to end with the axis, as in columns.mako. Without axes after
the scan's there is one lane: so go short rows, integers, and operators that may not regroup; but for a dear operator
the lanes are several rows, gathered.
vectors: rows of floats along contiguous data on a CPU. A vector is folded within itself by shifts of 1, 2, 4 ... lanes, then
with what stands before it; only that last fold waits for the vector before. The remainder goes element by element.
group: such rows on a GPU. The group's work-items scan a few elements each, then their totals in local memory, chunk
by chunk.

float32 is folded in double where the device has it, as in PyTorch.

Tuning: GRAIN, STRIP, EACH, FEW_STEPS (shapes.py); width, group (capabilities).
Tried and not kept: gathered rows for cheap operators (half the speed of vectors, and rows a power of two apart share
the cache's sets), vectors of integers (element by element they wait one cycle for the one before).
</%doc>
<%def name="at(place, first=0)">
    const ${k.index} ${k.along} = ${f"{k.length - 1 - first} - {place}" if k.reverse else place};
</%def>
<%def name="over_slots()">
% if k.slots == 1:
        { const int slot = 0;
% else:
        for (int slot = 0; slot < slots; slot++) {
% endif
% if k.lane:
            const ${k.index} at = first + slot * ${k.width}, n = at <= ${k.lanes - k.width} ? at : ${k.lanes - k.width};
% endif
            ${caller.body()}
        }
</%def>
<%def name="walk()">
% if k.lane:
    const ${k.index} first = (${k.index})${k.id(0)} * ${k.piece};
%   if not k.capabilities.is_cpu:
    if (first >= ${k.lanes}) return;
%   endif
%   if k.last_slots == k.slots:
    const int slots = ${k.slots};
%   else:
    const int slots = first <= ${k.lanes - k.piece} ? ${k.slots} : ${k.last_slots};
%   endif
% else:
    const int slots = 1;
% endif
    ${k.kind(k.width)} folded[${k.slots}];
    const ${k.index} row0 = (${k.index})${k.id(1)} * ${k.rows_per_item};
    for (${k.index} row = row0; row < row0 + ${k.rows_per_item} && row < ${k.rows}; row++) {
    ${k.unflatten("row", k.names, k.row_sizes)}
    <%self:over_slots>
            ${k.start("folded[slot]", k.width)}
    </%self:over_slots>
    for (${k.index} step = 0; step < ${k.length}; step++) {
        ${at("step")}
    <%self:over_slots>
            ${k.element(k.width)}
            folded[slot] = ${k.fold("folded[slot]", k.value(k.width), k.width)};
            ${k.results("folded[slot]", k.width)}
    </%self:over_slots>
    }
    }
</%def>
<%def name="vectors()">
    const ${k.index} row0 = (${k.index})${k.id(0)} * ${k.rows_per_item};
    for (${k.index} row = row0; row < row0 + ${k.rows_per_item} && row < ${k.rows}; row++) {
    ${k.unflatten("row", k.names, k.row_sizes)}
    ${k.kind(1)} before;
    ${k.start("before", 1)}
% if k.width > 1:
    for (${k.index} step = 0; step < ${k.length - k.remainder}; step += ${k.width}) {
        ${at("step", k.width - 1)}
        ${k.element(k.width)}
        ${k.kind(k.width)} folded = ${k.value(k.width)};
%   for reach in k.reaches:
        folded = ${k.fold(k.shifted("folded", reach), "folded", k.width)};
%   endfor
        const ${k.kind(1)} whole = folded.s${k.last_lane};
        folded = ${k.fold(f"({k.kind(k.width)})(before)", "folded", k.width)};
        before = ${k.fold("before", "whole", 1)};
        ${k.results("folded", k.width)}
    }
% endif
% if k.remainder:
    for (${k.index} step = ${k.length - k.remainder}; step < ${k.length}; step++) {
        ${at("step")}
        ${k.element(1)}
        before = ${k.fold("before", k.value(1), 1)};
        ${k.results("before", 1)}
    }
% endif
    }
</%def>
<%def name="group()">
    const int lid = get_local_id(0);
    const ${k.index} row = get_group_id(0);
    ${k.unflatten("row", k.names, k.row_sizes)}
    __local ${k.kind(1)} shared[${k.group}];
    ${k.kind(1)} before, own[${k.each}];
    ${k.start("before", 1)}
    for (${k.index} chunk = 0; chunk < ${k.length}; chunk += ${k.group * k.each}) {
        #pragma unroll
        for (int place = 0; place < ${k.each}; place++) {
            const ${k.index} step = chunk + lid * ${k.each} + place;
            own[place] = ${k.identity};
            if (step < ${k.length}) {
                ${at("step")}
                ${k.element(1)}
                own[place] = ${k.value(1)};
            }
            if (place) own[place] = ${k.fold("own[place - 1]", "own[place]", 1)};
        }
        shared[lid] = own[${k.each - 1}];
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int reach = 1; reach < ${k.group}; reach *= 2) {
            ${k.kind(1)} up_to = shared[lid];
            if (lid >= reach) up_to = ${k.fold("shared[lid - reach]", "up_to", 1)};
            barrier(CLK_LOCAL_MEM_FENCE);
            shared[lid] = up_to;
            barrier(CLK_LOCAL_MEM_FENCE);
        }
        ${k.kind(1)} mine = before;
        if (lid) mine = ${k.fold("before", "shared[lid - 1]", 1)};
        before = ${k.fold("before", f"shared[{k.group - 1}]", 1)};
        barrier(CLK_LOCAL_MEM_FENCE);
        #pragma unroll
        for (int place = 0; place < ${k.each}; place++) {
            const ${k.index} step = chunk + lid * ${k.each} + place;
            if (step < ${k.length}) {
                ${at("step")}
                const ${k.kind(1)} folded = ${k.fold("mine", "own[place]", 1)};
                ${k.results("folded", 1)}
            }
        }
    }
</%def>
${k.head} {
% if k.form == "walk":
    ${walk()}
% elif k.form == "vectors":
    ${vectors()}
% else:
    ${group()}
% endif
}
