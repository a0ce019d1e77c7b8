/** Files that would cost a reader time, memory or its stack, by name. `size`: of what is repeated, in characters. */
export const HOSTILE: Readonly<Record<string, (size: number) => string>> = {
  'flow lists': (size) => '['.repeat(size),
  'flow maps': (size) => '{a: '.repeat(size / 4),
  'lists on a line': (size) => '- '.repeat(size / 2),
  'keys on a line': (size) => '? '.repeat(size / 2),
  'maps by indentation': (size) => indented('a:', size),
  'lists by indentation': (size) => indented('-', size),
  'maps in flow lists': (size) => '{a: [b, '.repeat(size / 8),
  'empty flow lists': (size) => '[]'.repeat(size / 2),
  commas: (size) => `[${','.repeat(size)}]`,
  colons: (size) => ':\n'.repeat(size / 2),
  'one key often': (size) => 'a: b\n'.repeat(size / 5),
  'many keys': (size) => Array.from({ length: size / 10 }, (_, n) => `k${n}: v\n`).join(''),
  'empty lines': (size) => '\n'.repeat(size),
  comments: (size) => `a:\n${'# x\n'.repeat(size / 4)}  b: c\n`,
  'wrong escapes': (size) => `a: "${String.raw`\q`.repeat(size / 2)}"`,
  'a text that does not end': (size) => `a: "${'x\n '.repeat(size / 3)}`,
  'a block of empty lines': (size) => `a: >\n  x\n${'\n'.repeat(size)}  y\n`,
  'blocks of nothing': (size) => '|\n'.repeat(size / 2),
  anchors: (size) => '&a '.repeat(size / 3),
  'aliases of nothing': (size) => '- *a\n'.repeat(size / 5),
  'aliases of a long text': (size) => `x: &a "${' '.repeat(size / 2)}o/r@v1"\njobs: {j: {steps: [${'{uses: *a},'.repeat(size / 22)}]}}`,
  'aliases of a continued text': (size) =>
    `x: &a "o/r@v1\\\n${' '.repeat(size / 2)}"\njobs: {j: {steps: [${'{uses: *a},'.repeat(size / 22)}]}}`,
  'aliases of aliases': (size) => doubled(size, (name, before) => `${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]\n`),
  'merges of merges': (size) => doubled(size, (name, before) => `${name}: &${name} {<<: [${Array(9).fill(`*${before}`).join(', ')}]}\n`),
  'steps of steps': (size) => doubled(size, (name, before) => `${name}: &${name} [${'{parallel: *'.concat(before, '}, ').repeat(9)}]\n`),
  'merges in a row': (size) => {
    const names = Array.from({ length: size / 40 }, (_, n) => `x${n + 1}: &x${n + 1} {<<: *x${n}}\n`);
    return `x0: &x0 {uses: o/r@v1}\n${names.join('')}jobs: {j: {steps: [{<<: *x${names.length}}, {<<: *x${names.length}}]}}`;
  },
  documents: (size) => '---\n'.repeat(size / 4),
  directives: (size) => `${'%YAML 1.2\n'.repeat(size / 10)}---\na: b`,
  'many references on a line': (size) =>
    `é: "😀"\njobs: {j: {steps: [${'{uses: "o/r@v1"},'.repeat(size / 34)}]}} #${' x'.repeat(size / 4)}`,
  'a comment of names': (size) => `jobs: {j: {uses: o/r/x.yml@v1}} # ${'a-1'.repeat(size / 3)}!`,
  'a comment of marks': (size) => `jobs: {j: {uses: o/r/x.yml@v1}} #${'#'.repeat(size / 2)}${' #'.repeat(size / 4)}`,
  'a long reference': (size) => `jobs: {j: {uses: "https://${'@'.repeat(size)}"}}`,
  'white space in a reference': (size) => `jobs: {j: {uses: "o/r@v1${' '.repeat(size)}x"}}`,
  controls: (size) => '\u0001\u0002\u0018\u001f'.repeat(size / 4),
};

const indented = (text: string, size: number): string => {
  const lines: string[] = [];
  for (let depth = 0, length = 0; length < size; depth++) {
    lines.push(`${' '.repeat(depth)}${text}\n`);
    length += depth + text.length + 1;
  }
  return lines.join('');
};

const doubled = (size: number, line: (name: string, before: string) => string): string => {
  const lines = Array.from({ length: Math.min(60, size / 100) }, (_, n) => line(`a${n + 1}`, `a${n}`));
  return `a0: &a0 [{uses: o/r@v1}]\n${lines.join('')}jobs: {j: {steps: *a${lines.length}}}\n`;
};
