import fc from 'fast-check';

/** A workflow as text, and the references in it, in the order of the file. */
export interface Workflow {
  readonly text: string;
  readonly raws: readonly string[];
}

const reference = fc.oneof(
  fc.constantFrom(
    'o/r@v1',
    'actions/checkout@main',
    './local',
    '$/self',
    'docker://alpine:3.20',
    'o/r/sub/dir@pkg/v1.2',
    'https://code.example.org/o/r@v4',
  ),
  fc.stringMatching(/^[a-z]{1,9}\/[a-z]{1,9}@[0-9a-f]{40}$/),
);

/** Ways to write one value: the text behind `uses` up to the end of the line, indented by `indent` where it goes on. */
type Style = (raw: string, indent: string) => string;
const STYLES: readonly Style[] = [
  (raw) => `: ${raw}`,
  (raw) => ` :  ${raw}`,
  (raw) => `:\t${raw}`,
  (raw) => `: '${raw}'`,
  (raw) => `: "${raw}"`,
  (raw) => `: " ${raw} "`,
  (raw, indent) => `:\n${indent}  ${raw}`,
  (raw, indent) => `: >-\n${indent}  ${raw}`,
  (raw, indent) => `: |\n${indent}  ${raw}`,
  (raw) => `: "${raw.replace(/[a-z]/, (letter) => `\\x${letter.charCodeAt(0).toString(16)}`)}"`,
  (raw) => `: !!str ${raw}`,
];
const isBlock = (style: Style): boolean => /[|>]/.test(style('x', ''));

const KEYS = ['uses', '"uses"', "'uses'", String.raw`"\x75ses"`];
const COMMENTS = ['', ' # v1', ' #v2', ' # tag=v1.2.3', ' # é😀', '\t# uses: evil/x@v1'];
/** Lines before and after a step that hold no reference. */
const NOISE = [
  '',
  '# - uses: evil/x@v1\n',
  '- run: |\n    - uses: evil/x@v1\n',
  '- name: "é😀 uses: evil/x@v1"\n',
  "- {run: 'uses: evil/x@v1'}\n",
];

const indentBy = (text: string, indent: string): string => text.replace(/^(?=.)/gm, indent);

const step = fc
  .tuple(
    reference,
    fc.constantFrom(...STYLES),
    fc.constantFrom(...KEYS),
    fc.constantFrom(...COMMENTS),
    fc.boolean(),
    fc.constantFrom(...NOISE),
  )
  .map(([raw, style, key, comment, isFlow, noise]): Workflow => {
    const own = isFlow && !style(raw, '').includes('\n') ? `- {a: b, ${key}${style(raw, '')} , uses2: x}${comment}\n` : undefined;
    const value = style(raw, '  ');
    const block = `- ${key}${isBlock(style) ? value : `${value}${comment}`}\n  with: {uses: evil/x@v1}\n`;
    return { text: `${noise}${own ?? block}`, raws: [raw] };
  });

const joined = (parts: readonly Workflow[]): Workflow => ({
  text: parts.map(({ text }) => text).join(''),
  raws: parts.flatMap(({ raws }) => raws),
});

const steps = fc.array(step, { minLength: 1, maxLength: 3 }).map(joined);
const nested = fc
  .tuple(steps, fc.option(steps, { nil: undefined }))
  .map(([own, inner]) =>
    inner === undefined ? own : joined([own, { text: `- parallel:\n${indentBy(inner.text, '    ')}`, raws: inner.raws }]),
  );

const job = fc.oneof(
  nested.map(({ text, raws }): Workflow => ({ text: `runs-on: x\nsteps:\n${indentBy(text, '  ')}`, raws })),
  fc.tuple(reference, nested).map(([image, { text, raws }]): Workflow => ({
    text: `container: {image: "alpine:${image.length}"}\nsteps:\n${indentBy(text, '  ')}`,
    raws: [`alpine:${image.length}`, ...raws],
  })),
  reference.map((raw): Workflow => ({ text: `uses: ${raw}\nwith: {uses: evil/x@v1}\n`, raws: [raw] })),
);

/** Workflows in all styles that YAML has, with line ends and a mark of either kind before them. */
export const workflows: fc.Arbitrary<Workflow> = fc
  .tuple(fc.array(job, { minLength: 1, maxLength: 2 }), fc.constantFrom('', '\ufeff', '---\n', '# é😀\n'), fc.boolean())
  .map(([jobs, head, isCrlf]) => {
    const { text, raws } = joined(jobs.map((one, index) => ({ text: `  j${index}:\n${indentBy(one.text, '    ')}`, raws: one.raws })));
    const whole = `${head}name: "é😀"\non: push\nenv: {uses: evil/x@v1}\njobs:\n${text}`;
    return { text: isCrlf ? whole.replaceAll('\n', '\r\n') : whole, raws };
  });
