<%doc>
tile: what sort_tile and merge_tile share. Pairs in local memory stand a place apart after each EACH of them, so that
work-items that each go through EACH of their own meet in different banks.
</%doc>
<%def name="merge(left, middle, right, place)">
        // From place on, what a work-item has of the two sorted runs that meet in the middle.
        {
            const int most_right = ${right} - ${middle}, most_left = ${middle} - ${left};
            int low = ${place} > most_right ? ${place} - most_right : 0, high = ${place} < most_left ? ${place} : most_left;
            while (low < high) {
                const int guess = (low + high) / 2, i = ${left} + guess, j = ${middle} + ${place} - 1 - guess;
                if (${k.key(k.at("i"))} <= ${k.key(k.at("j"))}) low = guess + 1;
                else high = guess;
            }
            int i = ${left} + low, j = ${middle} + ${place} - low;
            #pragma unroll
            for (int one = 0; one < ${k.each}; one++) {
                if (i < ${middle} && (j >= ${right} || ${k.key(k.at("i"))} <= ${k.key(k.at("j"))})) {
                    own[one] = ${k.at("i")};
                    i++;
                } else if (j < ${right}) {
                    own[one] = ${k.at("j")};
                    j++;
                }
            }
        }
</%def>
