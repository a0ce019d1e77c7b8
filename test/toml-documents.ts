import fc from 'fast-check';

// Documents written in every way TOML allows.

type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };
interface Style {
  readonly pick: (n: number) => number;
}

const isTable = (v: Value): v is { readonly [key: string]: Value } => typeof v === 'object' && !Array.isArray(v);
const isTables = (v: Value): v is readonly { readonly [key: string]: Value }[] => Array.isArray(v) && v.length > 0 && v.every(isTable);

const writeKey = (key: string, { pick }: Style): string => {
  const basic = JSON.stringify(key).replaceAll('\u007f', '\\u007f');
  if (/^[A-Za-z0-9_-]+$/.test(key)) return [key, key, basic, `'${key}'`][pick(4)] ?? key;
  return basic;
};
const blank = ({ pick }: Style): string => ['', ' ', '\t', '  '][pick(4)] ?? '';
const gap = (style: Style): string => ['', ' ', '\n', '\r\n', ' # ]}"\' = [x]\n', '\n\n'][style.pick(6)] ?? '';

const writeString = (text: string, { pick }: Style): string => {
  const basic = JSON.stringify(text).replaceAll('\u007f', '\\u007f');
  if (/['\p{Cc}]|^\s/u.test(text)) return basic;
  const many = basic.slice(1, -1);
  return [basic, `'${text}'`, `'''${text}'''`, `'''\n${text}'''`, `"""\\\n  ${many}"""`, `"""${many}"""`][pick(6)] ?? basic;
};

const writeValue = (value: Value, style: Style): string => {
  if (typeof value === 'string') return writeString(value, style);
  if (Array.isArray(value)) {
    const items = value.map((item: Value) => `${gap(style)}${writeValue(item, style)}${gap(style)}`);
    return `[${items.join(',')}${items.length > 0 && style.pick(2) ? `,${gap(style)}` : gap(style)}]`;
  }
  if (!isTable(value)) return JSON.stringify(value);
  const pairs = flatten(value, style).map(
    ([key, item]) => `${gap(style)}${key}${blank(style)}=${blank(style)}${writeValue(item, style)}${gap(style)}`,
  );
  return `{${pairs.join(',')}}`;
};

/** Pairs of a table, some of its tables as dotted keys. */
const flatten = (table: { readonly [key: string]: Value }, style: Style): [string, Value][] =>
  Object.entries(table).flatMap(([key, value]): [string, Value][] => {
    const name = writeKey(key, style);
    if (!isTable(value) || Object.keys(value).length === 0 || style.pick(2)) return [[name, value]];
    return flatten(value, style).map(([rest, item]) => [`${name}${blank(style)}.${blank(style)}${rest}`, item]);
  });

const writeTable = (table: { readonly [key: string]: Value }, prefix: readonly string[], style: Style): string => {
  const lines: string[] = [];
  const later: string[] = [];
  const end = (): string => ['\n', '\r\n', ' # = "x\n', '\n\n'][style.pick(4)] ?? '\n';
  for (const [key, value] of Object.entries(table)) {
    const header = [...prefix, writeKey(key, style)];
    const dotted = header.join(`${blank(style)}.${blank(style)}`);
    if (isTables(value) && style.pick(3)) for (const item of value) later.push(`[[${dotted}]]${end()}${writeTable(item, header, style)}`);
    else if (isTable(value) && style.pick(3)) later.push(`[${dotted}]${end()}${writeTable(value, header, style)}`);
    else
      for (const [name, item] of flatten({ [key]: value }, style))
        lines.push(`${blank(style)}${name}${blank(style)}=${blank(style)}${writeValue(item, style)}${end()}`);
  }
  return [...lines, ...later].join('');
};

const words = fc.oneof(
  fc.constantFrom('a', 'b', 'rules', '0', 'x-y', '__proto__', 'constructor', '', 'a.b', 'ä 🜁', 'q\'"', 'esc\\\u001b'),
  fc.string({ maxLength: 6, unit: 'grapheme' }),
);
export const { table } = fc.letrec<{ value: Value; table: { readonly [key: string]: Value } }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(words, fc.constantFrom('[', '}', ' # ', '""', '"""', '=', 'a,b'), fc.integer(), fc.boolean()),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(tie('table'), { maxLength: 3 }),
    tie('table'),
  ),
  table: fc.dictionary(words, tie('value'), { maxKeys: 5, noNullPrototype: true }),
}));
/** A value and one of its spellings. */
export const documents = fc.tuple(table, fc.infiniteStream(fc.nat({ max: 59 })), fc.boolean()).map(([value, stream, mark]) => {
  const style: Style = { pick: (n) => Number(stream.next().value) % n };
  return { value, text: `${mark ? '\ufeff' : ''}${writeTable(value, [], style)}` };
});
