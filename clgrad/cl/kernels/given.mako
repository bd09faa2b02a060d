<%doc>
given: a kernel whose body a user wrote; only its head, and the names of the arrays, are made here.
</%doc>
${k.head} {
% for name, number in k.arrays:
    ${k.declare(name, number)}
% endfor
    ${k.body}
}
