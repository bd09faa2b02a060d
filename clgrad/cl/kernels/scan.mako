<%doc>
scan: on a CPU, along one axis, every element becomes the fold of all up to it (in reverse, from it on).

    rows (all axes but two) x the scan's axis x lane axis (the last axis after it, in vectors)

walk: a work-item goes along the axis with an accumulator for each lane of a strip, which stay in the first cache;
`slots` vectors, side by side. The last slot is moved back to end with the axis, as in columns.mako. Without axes after
the scan's there is one lane: so go short rows, integers, and operators that may not regroup; but for a dear operator
the lanes are several rows, gathered.
vectors: rows of floats along contiguous data. A vector is folded within itself by shifts of 1, 2, 4 ... lanes, then
with what stands before it; only that last fold waits for the vector before. The remainder goes element by element.

float32 is folded in double where the device has it, as in PyTorch; elsewhere a sum keeps what rounding loses.

Tuning: GRAIN, STRIP (shapes.py), FEW_STEPS (scans.py); width (capabilities).
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
%   if k.last_slots == k.slots:
    const int slots = ${k.slots};
%   else:
    const int slots = first <= ${k.lanes - k.piece} ? ${k.slots} : ${k.last_slots};
%   endif
% else:
    const int slots = 1;
% endif
    ${k.folds("folded", k.slots)}
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
            ${k.advance("folded[slot]", k.value(k.width), k.width, k.factor(k.width))}
            ${k.results(k.folded("folded[slot]", k.width), k.width)}
    </%self:over_slots>
    }
    }
</%def>
<%def name="vectors()">
    const ${k.index} row0 = (${k.index})${k.id(0)} * ${k.rows_per_item};
    for (${k.index} row = row0; row < row0 + ${k.rows_per_item} && row < ${k.rows}; row++) {
    ${k.unflatten("row", k.names, k.row_sizes)}
    ${k.folds("before")}
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
        folded = ${k.fold(f"({k.kind(k.width)})({k.folded('before', 1)})", "folded", k.width)};
        ${k.advance("before", "whole", 1)}
        ${k.results("folded", k.width)}
    }
% endif
% if k.remainder:
    for (${k.index} step = ${k.length - k.remainder}; step < ${k.length}; step++) {
        ${at("step")}
        ${k.element(1)}
        ${k.advance("before", k.value(1), 1)}
        ${k.results(k.folded("before", 1), 1)}
    }
% endif
    }
</%def>
${k.head} {
% if k.form == "walk":
    ${walk()}
% else:
    ${vectors()}
% endif
}
