"""One small template for each part of Jinja that chat templates lean on, with what it sees."""

TEXT = {"s": "  Hello, wide World \n", "word": "quire", "empty": "", "n": 7, "f": 2.5, "none": None, "yes": True, "no": False}
DATA = {
    "xs": [3, 1, 2],
    "names": ["beta", "Alpha", "gamma"],
    "d": {"b": 1, "a": [1, "two", None, True, 1.5], "C": {"x": "é<&'\""}},
    "rows": [{"k": "a", "v": 1, "on": True}, {"k": "b", "v": 2, "on": False}, {"k": "a", "v": 3}],
}
CONTEXT = TEXT | DATA

EXPRESSIONS = r"""
1 + 2 * 3 - 4 / 2
7 // 2, -7 // 2, 7 % 3, -7 % 3, 2 ** 10, 7.0 // 2
2 ** 0.5, 1e3, 1.0, 0.1 + 0.2, 1e16, 1e-5, 123456789012345678
1 / 0
1 / 3
n ~ '-' ~ f ~ none ~ yes
'a' + 'b' * 3
'a' + 1
[1, 2] + [3]
-n, +n, not n, not not empty
1 < 2 < 3, 1 < 3 < 2, 1 == 1.0, '1' == 1, true == 1
1 == 1 and 2 > 1 or missing.attribute
missing
missing.attribute
missing or 'fallback'
missing is defined, missing is undefined, none is none, missing is none
n is number, f is float, n is integer, yes is boolean, yes is integer, yes is number, word is string
xs is sequence, xs is iterable, d is mapping, d is iterable, word is iterable, n is iterable, d is sequence
n is odd, n is even, n is divisibleby 7, n is divisibleby(2)
word is eq 'quire', word is ne 'x', n is gt 3, n is ge(7), n is lt 7, n is le 7, n is equalto 7
yes is true, no is false, 1 is true, none is false
n is sameas n, xs is sameas [3, 1, 2], none is sameas none
word is lower, 'ABC' is upper, 'a1' is lower
1 is in [1, 2], 'q' is in word, 'x' is not in word
word is not string, missing is not defined
'upper' is filter, 'nope' is filter, 'string' is test
xs is callable, range is callable
'q' in word, 'z' not in word, 3 in xs, 'b' in d, 1 not in d
word[0], word[-1], word[1:3], word[::-1], word[:-1], word[::2], word[5:], word[3:1]
word[99]
word[99] is defined
xs[0], xs[-1], xs[::-1], xs[1:], xs[-2:], xs[:0], xs[5:]
xs[7]
d.a[1], d['b'], d.C.x, d['missing'] is defined, d.missing | default('none here')
d.get('b'), d.get('zz'), d.get('zz', 'q')
d.items(), d.keys(), d.values()
d.keys() | list, d.values() | list | length
d.items is callable
d.pop('b')
xs.append(4)
d.update({'z': 1})
'yes' if yes else 'no', 'only' if no, ('a' if no else 'b') ~ 'c'
'x' if no
(1, 2), (1,), (), [], {}, [[], {}], {'a': {'b': (1,)}}
(1, 2) == (1, 2), [1] == (1,), {'a': 1} == {'a': 1.0}
none, true, false, True, False, None
[none, true, 1.0, 'it\'s', "quo\"te", 'both \'"', 'line\n', 'é', '\t\x00\u200b🙂']
d
rows
'a' 'b'
"\u00e9\x41\n|\\|\/"
'%s is %d' | format(word, n)
'%s and %05.2f' % (word, f)
'{} {}'.format(word, n)
'{0}-{1:>4}'.format(word, n)
word.upper(), word.title(), 'ABC'.lower(), word.capitalize(), 'aBc'.swapcase()
s.strip(), s.lstrip(), s.rstrip(), 'xxaxx'.strip('x'), 'abcabc'.lstrip('ab'), 'file.py'.rstrip('yp.')
'a,b,,c'.split(','), ' a  b '.split(), 'a b c'.split(' ', 1), 'a b c'.rsplit(' ', 1), ''.split(','), ''.split()
'a,b'.split('')
'a\nb\r\nc'.splitlines()
word.startswith('qu'), word.startswith(('x', 'q')), word.endswith('re'), word.endswith('x')
word.find('i'), word.find('z'), word.index('r'), word.count('u'), 'aaa'.count('aa'), word.rfind('e')
word.index('z')
word.replace('u', 'U'), 'aaa'.replace('a', 'b', 2), 'abc'.replace('', '-')
'-'.join(names), ', '.join(['a']), ''.join([])
', '.join(xs)
'12'.isdigit(), '1a'.isdigit(), 'ab'.isalpha(), 'a1'.isalnum(), ' '.isspace(), 'AB'.isupper(), 'ab'.islower(), ''.isdigit()
'7'.zfill(3), 'x'.center(5, '*'), 'x'.ljust(3) ~ '|', 'x'.rjust(3)
'a=b=c'.partition('='), 'a=b=c'.rpartition('='), 'abc'.partition('=')
'prefix-x'.removeprefix('prefix-'), 'x.py'.removesuffix('.py')
'ßẞ'.upper(), 'İ'.lower(), 'ﬁx'.title(), 'ǆ'.capitalize(), "they're bill's".title()
word.format_map(d)
word.__class__
d.__class__.__mro__
''.__class__.__base__
word | upper, 'ABC' | lower, 'hello WORLD' | capitalize, 'hello wORLD-x y_z' | title
s | trim, 'xxaxx' | trim('x'), s | trim | length
'a b' | replace(' ', '_'), 'aaa' | replace('a', 'b', 1)
xs | length, word | length, d | length, xs | count
none | length
xs | first, xs | last, word | first, [] | first is defined
[] | first
xs | join, xs | join(', '), rows | join('-', attribute='k'), [] | join('x'), word | join('.')
xs | sort, names | sort, names | sort(case_sensitive=true), xs | sort(reverse=true), rows | sort(attribute='v', reverse=true) | map(attribute='v') | list
[1, 'a'] | sort
xs | min, xs | max, xs | sum, rows | sum(attribute='v'), names | max
xs | reverse | list, word | reverse
xs | list, word | list, d | list
xs | map('string') | list, names | map('upper') | join(' '), rows | map(attribute='on', default='?') | list, ['a-b', 'c-d'] | map('replace', '-', '+') | list
rows | map(attribute='on') | list
xs | map | list
rows | selectattr('on') | list | length, rows | rejectattr('on') | map(attribute='v') | list, rows | selectattr('on', 'defined') | list | length
rows | selectattr('k', 'equalto', 'a') | map(attribute='v') | list, rows | selectattr('v', 'gt', 1) | map(attribute='k') | join, rows | selectattr('k', 'in', ['b']) | list | length
rows | rejectattr('k', 'eq', 'a') | list
xs | select('odd') | list, xs | reject('odd') | list, xs | select('gt', 1) | list, [0, 1, '', 'a', none] | select | list
xs | select is iterable
missing | default('x'), none | default('x'), '' | default('x', true), missing | default, none | default('x', boolean=true), missing | d('y')
'12' | int, 'x' | int, 'x' | int(5), '0x1f' | int(base=16), 3.9 | int, '3.7' | int, none | int
'1.5' | float, 'x' | float, 3 | float, '1e3' | float
3.14159 | round(2), 2.5 | round, 3.5 | round, 2.45 | round(1, 'floor'), 2.41 | round(1, 'ceil'), 7 | round
-3 | abs, (-3) | abs, -2.5 | abs
n | string, none | string, yes | string, xs | string, f | string ~ '!'
d | dictsort, {'b': 1, 'A': 2} | dictsort, {'b': 1, 'A': 2} | dictsort(true), {'b': 1, 'a': 2} | dictsort(by='value'), {'b': 1, 'a': 2} | dictsort(reverse=true)
d | items | list, missing | items | list, {'x': 1} | items | first
xs | items | list
d | tojson, xs | tojson, word | tojson, none | tojson, f | tojson, yes | tojson
d | tojson(indent=2)
d | tojson(indent=4, sort_keys=true), d | tojson(separators=(',', ':')), d | tojson(ensure_ascii=true)
[] | tojson(indent=2), {} | tojson(indent=2), [[], {}, [1]] | tojson(indent=1)
{'a': 1.0, 'b': 1e100, 'c': 1e-7, 'd': 12345678.9} | tojson
{1: 'a', none: 'b', true: 'c', 1.5: 'd'} | tojson
'a\u2028b</script>\x7f\x1f🙂' | tojson, '🙂é' | tojson(ensure_ascii=true)
(1, 2) | tojson
missing | tojson
range(3) | tojson
'a\nb\n\nc' | indent, 'a\nb' | indent(2), 'a\nb' | indent(2, true), 'a\n\nb' | indent(2, blank=true), 'a\nb' | indent('> ')
'a b  c d' | wordcount, 'abcdefghij klm' | truncate(8), 'abcdefghij klm' | truncate(8, true), 'abcdefghij klm' | truncate(8, true, '')
'a b c d e f' | wordwrap(4)
'<a href="x">&\'' | escape, '<b>' | e, '<b>' | safe, '<b>' | safe ~ '<i>'
'a' | center(5) ~ '|'
[1, 2, 3, 4, 5] | batch(2) | list, [1, 2, 3] | batch(2, 0) | list, [1, 2, 3, 4, 5] | slice(2) | list
[1, 2, 2, 3, 1] | unique | list, ['a', 'A'] | unique | list, rows | unique(attribute='k') | map(attribute='v') | list
rows | groupby('k') | list | length, (rows | groupby('k'))[0].grouper, (rows | groupby('k'))[1][1]
d | attr('b'), word | attr('upper') is defined
{'a b': 'c&d'} | urlencode, 'a b/ü' | urlencode
'x' | nope
'x' | upper | lower | title | first
word|upper|replace('U','*')~'!'
not word in names, not (word in names)
1 if yes else 2 if no else 3
range(5) | list, range(1, 7, 2) | list, range(3, 0, -1) | list, range(0) | list
range(1000000) | length
dict(a=1, b=2), dict({'a': 1}, b=3)
namespace(a=1).a
lipsum is defined, cycler is defined, joiner is defined
raise_exception('stop: ' ~ word)
raise_exception()
strftime_now('%Y-%m-%d'), strftime_now('%d %B %Y, %A'), strftime_now('%H:%M:%S %p %j %y %b %a %%'), strftime_now('%-d %e')
n.real, xs.count(3), xs.index(2), (1, 2).index(2)
n.bit_length()
f.is_integer()
none.x
none.upper()
word.nope
word.nope()
xs.nope, xs.nope is defined
n()
word ~ missing ~ '|'
missing + 1
missing < 1
missing == missing, missing == none
for
1 +
(1, 2
'open
word | default(missing) | upper
d.a[1:3], d.a[-1:], d.a | length, d.a.1
d['a'][0] + d.b
xs | sum / xs | length
2 * xs, xs * 2
'b' < 'a', [1, 2] < [1, 3]
'a' < 1
true + true, true ~ 1, -true
"a" if missing is defined and missing.x else "b"
{'a': 1, 'a': 2}, {'x': 1}.x, {'items': 5}['items']
yes and 'left' or 'right', empty or none, 0 or empty, xs and word
xs | map('upper') | list
xs == [3, 1, 2], xs != [3], xs is eq [3, 1, 2]
'abc' | map('upper') | join, 'abc' | select('in', 'ab') | join
'%d%%' | format(5), '%x %o %e %g' | format(255, 8, 12345.678, 0.0001), '%-5s|%5s|' | format('a', 'b'), '%r' | format('a')
'%d' | format('x')
'a'.encode('utf-8')
'x'.join is defined
"\U0001F642 \N{BULLET}"
1_000, 0x1F, 0b101, 0o17, 1e-3, 5e2
10 ** 20, 2 ** 63, 9223372036854775807 + 1
1.5e300 * 1e10, 1e308 * 10, -1e308 * 10
'ab' * 0, 'ab' * -1, [1] * 0
"""

STATEMENTS = [
    "{% for x in xs %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{% endfor %}",
    "{% for x in xs %}{{ x }}{{ ', ' if not loop.last }}{% endfor %}",
    "{% for x in [] %}a{% else %}none{% endfor %}",
    "{% for x in missing %}a{% else %}none{% endfor %}",
    "{% for x in none %}a{% endfor %}",
    "{% for x in n %}a{% endfor %}",
    "{% for c in word %}[{{ c }}]{% endfor %}",
    "{% for k in d %}{{ k }}{% endfor %}{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for a, b in [(1, 2), [3, 4], 'xy'] %}{{ a }}-{{ b }} {% endfor %}",
    "{% for a, b in [(1, 2, 3)] %}{{ a }}{% endfor %}",
    "{% for (a, b), c in [((1, 2), 3)] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for x in xs if x > 1 %}{{ loop.index }}:{{ x }} {% endfor %}",
    "{% for x in xs if x > 9 %}{{ x }}{% else %}none{% endfor %}",
    "{% for x in xs | sort %}{% if x == 2 %}{% continue %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in xs %}{% if loop.index == 2 %}{% break %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in xs %}{% for y in xs %}{% if y == x %}{% break %}{% endif %}{{ x }}{{ y }} {% endfor %}{{ loop.index }};{% endfor %}",
    "{% for x in xs %}{{ loop.previtem | default('-') }}<{{ x }}>{{ loop.nextitem | default('-') }} {% endfor %}",
    "{% for x in [1, 1, 2] %}{{ loop.changed(x) }} {% endfor %}{% for x in xs %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for x in xs %}{{ loop.depth }}{% for y in xs %}{{ loop.depth0 }}{{ loop.index }}{% endfor %}{% endfor %}",
    "{% for x in [[1, [2]], 3] recursive %}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}@{{ loop.depth }}{% endif %}{% endfor %}",
    "{% for x in range(3) %}{{ loop }}{% break %}{% endfor %}",
    "{{ loop is defined }}{% for loop in [1] %}{{ loop }}{% endfor %}",
    "{% set x = 1 %}{% for y in xs %}{% set x = y %}{% endfor %}{{ x }}",
    "{% set x = 1 %}{% if yes %}{% set x = 2 %}{% endif %}{{ x }}",
    "{% set ns = namespace(x=1, text='') %}{% for y in xs %}{% set ns.x = ns.x + y %}{% set ns.text = ns.text ~ y %}{% endfor %}{{ ns.x }}{{ ns.text }}",
    "{% set ns = namespace(a=1) %}{{ ns.b is defined }}{% set ns.b = 2 %}{{ ns.b }}{{ ns['a'] }}",
    "{% set ns = namespace({'q': 1}, r=2) %}{{ ns.q + ns.r }}",
    "{% set d.b = 5 %}{{ d.b }}",
    "{% set ns = namespace() %}{% set ns._x = 5 %}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set a, b = b, a %}{{ a }}{{ b }}",
    "{% set x = 1, 2 %}{{ x }}",
    "{% set t %}a{{ n }}\nb{% endset %}[{{ t }}]{{ t | length }}",
    "{% set t | upper | trim %}  a{{ word }} {% endset %}[{{ t }}]",
    "{% set t %}<b>{% endset %}{{ t is string }}{{ t ~ '<i>' }}{{ t == '<b>' }}",
    "{% if n > 5 %}a{% elif n > 3 %}b{% else %}c{% endif %}{% if n > 9 %}a{% elif n > 3 %}b{% else %}c{% endif %}{% if no %}a{% endif %}",
    "{% if missing %}a{% else %}b{% endif %}{% if xs and d and word %}c{% endif %}{% if [] or {} or '' or 0 or 0.0 %}d{% endif %}",
    "{% if missing.x %}a{% endif %}",
    "{% macro m(a, b=2) %}{{ a }}/{{ b }}/{{ c is defined }};{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(b=5, a=4) }}{{ m() }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(zz=2) }}",
    "{% macro m(a) %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, z=4) }}",
    "{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}",
    "{% macro m() %}{{ n }}{{ x is defined }}{% endmacro %}{% set x = 1 %}{{ m() }}",
    "{% set x = 1 %}{% macro m() %}{{ x }}{% endmacro %}{% set x = 2 %}{{ m() }}",
    "{% macro m(n) %}{% if n > 0 %}{{ n }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(5) }}",
    "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
    "{% macro m() %}  a\n{% endmacro %}[{{ m() }}][{{ m() | trim }}]{{ m() is string }}{{ m.name }}{{ m.arguments }}",
    "{% macro m(a) %}<{{ caller(a, 2) }}>{% endmacro %}{% call(x, y) m(1) %}{{ x }}{{ y }}{{ n }}{% endcall %}",
    "{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}in{% endcall %}",
    "{% macro m() %}a{% endmacro %}{% call m() %}in{% endcall %}",
    "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}b{% endmacro %}{{ a() }}",
    "{% for x in xs %}{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% endfor %}",
    "{{ m(1) }}{% macro m(a) %}{{ a }}{% endmacro %}",
    "{% filter upper | replace('A', '*') %}abc {{ word }}{% endfilter %}",
    "{% with a = 1, b = n %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}",
    "{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q is defined }}",
    "{% generation %}a{{ n }}{% endgeneration %}b",
    "{% for x in xs %}{% generation %}{{ x }}{% set y = x %}{% endgeneration %}{{ y is defined }}{% endfor %}",
    "{% raw %}{{ not }} {% this %}{# x #}{% endraw %}|{%- raw -%} a {%- endraw -%} |",
    "a{# comment {{ n }} #}b{#- trim -#} c {# two\nlines #} d",
    "{% set x = 1 -%}   a   {%- set y = 2 %}   b",
    "a  {{- n -}}  b {{ n }} c",
    "a\n  {% if yes %}\n  b\n  {% endif %}\nc",
    "a\n  {%+ if yes %}\n  b\n  {%+ endif %}\nc",
    "a\n  {% if yes +%}\n  b\n  {% endif +%}\nc",
    "  {{ n }}\n  {# c #}\n  {{ n }}\n",
    "x {% if yes %}\n y {% endif %}\n z\n",
    "\t{% if yes %}\t\n\ta\n\t{% endif %}\t\nb",
    "{%- if yes %}\n\n a\n\n {%- endif %}\n\n b",
    "a\r\n{% if yes %}\r\nb\r\n{% endif %}\r\nc",
    "line\n",
    "line\n\n",
    "{{ n }}\n",
    "{% if yes %}a{% endif %}\n\nb",
    "{{'a'}}{{\"b\"}}{{ 'c' }}{{\n'd'\n}}{%if yes%}e{%endif%}",
    "{{ '}}' }}{{ '%}' }}{{ \"{{\" }}{{ {'a': {'b': 1}}['a']['b'] }}",
    "{ { n } } {n} %} }} #} {",
    "{{ n",
    "{% if yes %}a",
    "{% endif %}",
    "{% nope %}",
    "{% if yes %}{% endfor %}",
    "{{ n n }}",
    "{{ }}",
    "{% set %}",
    "{% break %}",
    "{% for x in xs %}{% endfor %}{% continue %}",
    "{# never closed",
    "{% raw %}never closed",
    "{% include 'x' %}",
    "{% extends 'x' %}",
    "{% import 'x' as y %}",
    "{% block a %}in {{ n }}{% endblock %}",
    "{% do xs.append(1) %}",
    "{% autoescape true %}{{ '<' }}{% endautoescape %}",
    "{% set messages = rows %}{% for m in messages[1:] + messages[:1] %}{{ m.k }}{% endfor %}",
    "{% set rows = rows[1:] %}{{ rows | length }}",
    "{% for m in rows %}{% set rows = [] %}{{ rows | length }}{{ m.k }}{% endfor %}{{ rows | length }}",
    "{% for r in rows %}{% if loop.first %}{% set keep = r %}{% endif %}{{ keep.k if keep is defined else '?' }}{% endfor %}",
    "{{ cycler('a', 'b').next() }}{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.current }}{% set j = joiner(';') %}{{ j() }}x{{ j() }}y",
    "{% set x = {'role': 'a'} %}{{ x.role }}{{ x['role'] }}{% set key = 'role' %}{{ x[key] }}",
    "{% set s = 'a' %}{% for i in range(3) %}{% set s = s ~ i %}{{ s }} {% endfor %}{{ s }}",
    "{% if xs is defined and xs is iterable and xs is not string and xs is not mapping %}list{% endif %}",
    "{% if word is string and word | length > 3 and not word.startswith('x') %}ok{% endif %}",
    "{{ rows[0].v if rows else 0 }}{{ (rows | last).k }}{{ rows[-1]['v'] }}{{ rows[n - 7].k }}",
    "{{ [1, 2,] }}{{ {'a': 1,} }}{{ (1, 2,) }}{{ m(1,) if m is defined }}",
    "{{ word | replace('q', 'Q') | default('x') if yes else none }}",
    "{{ 'a' if yes }}{{ 'b' if no }}|{{ ('b' if no) is defined }}",
    "{{ self is defined }}",
    "{{ messages is defined and messages[0] }}",
    "{%- for m in rows -%}\n  {{ m.k }}\n{%- endfor -%}\n",
    "{% for i in range(2) -%}\n    {{ i }}\n{% endfor %}",
    "{% set x %}\n  a\n{% endset %}[{{ x }}]",
    "{% macro m(x) %}\n{{ x }}\n{% endmacro %}[{{ m(1) }}]",
    "{# a #}\n{# b #}\n\n{# c #}x",
    "{{ \"multi\nline\" }}",
    "{{ debug }}{{ xs.__len__ }}",
    "{% for x in xs %}{{ x }}{% endfor %}{{ x is defined }}",
    "{% if yes %}{% macro m() %}a{% endmacro %}{% endif %}{{ m() }}",
    "{{ xs.sort() }}",
    "{{ xs.copy() }}{{ d.copy().b }}",
    "{% set y = xs.append(9) %}",
    "{{ joiner }}",
    "{{ ''.join(['a', n | string]) }}{{ (word ~ '').upper() }}{{ (n | string).zfill(3) }}",
    "{% if loop is defined %}a{% endif %}{% for x in [1] if loop is defined %}b{% else %}c{% endfor %}",
    "{% set ns = namespace(xs=[]) %}{% for x in xs %}{% set ns.xs = ns.xs + [x * 2] %}{% endfor %}{{ ns.xs }}",
    "{% set d = dict(d, z=1) %}{{ d.z }}{{ d | length }}",
    "{{ {'a': 1} | length ~ [] | length ~ 'x' | length }}",
    "{% for k, v in d | dictsort %}{{ k }}{% endfor %}{% for k, v in d | items %}{{ k }}{% endfor %}",
    "{% for group, items in rows | groupby('k') %}{{ group }}{{ items | map(attribute='v') | list }}{% endfor %}",
    "{{ range(10) | batch(3) | map('join', '') | join(',') }}",
    "{{ word.split('')[0] if no else word.split('i')[1] }}",
]

TEMPLATES = ["{{ " + line + " }}" for line in EXPRESSIONS.strip().split("\n")] + STATEMENTS
