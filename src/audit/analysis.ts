import { availabilityAt, type Availability } from '../contexts/availability.ts';
import { infer } from '../contexts/infer.ts';
import { parseExpression, type Parsed } from '../contexts/parse.ts';
import type { Fault, Tell } from '../contexts/scope.ts';
import { findTemplates } from '../contexts/templates.ts';
import type { Type } from '../contexts/types.ts';
import { at, entriesOf, scalarsIn, type NodePath } from '../lint/nodes.ts';
import { spanWithin } from '../lint/spans.ts';
import type { ScalarNode, Span } from '../lint/tree.ts';
import type { Job, Step, WorkflowTree } from '../lint/workflow.ts';
import { scopesOf, type Standpoint } from './scopes.ts';

/** An expression where it stands. */
export interface Placed extends Standpoint {
  readonly scalar: ScalarNode;
  readonly path: NodePath;
  readonly availability: Availability;
  readonly parsed: Parsed;
  /** Of the expression's text in `scalar.text`, and of the template around it. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
  /** The scalar is this one template and nothing else, or a condition without braces. */
  readonly isWhole: boolean;
  /** What the checker found; empty where it cannot be parsed. */
  readonly faults: readonly Fault[];
  readonly type: Type | undefined;
}

/** A scalar in which expressions may stand, with all that stand in it. */
export interface PlacedScalar extends Standpoint {
  readonly scalar: ScalarNode;
  readonly path: NodePath;
  readonly availability: Availability;
  readonly expressions: readonly Placed[];
  /** Where in `scalar.text` a `${{` begins that never ends. */
  readonly unclosed: number | undefined;
}

type Raw = Standpoint & { readonly scalar: ScalarNode; readonly path: NodePath };

const inSteps = function* (steps: readonly Step[], path: NodePath, job: Job | undefined): Generator<Raw> {
  for (const [index, step] of steps.entries())
    for (const [scalar, inner] of scalarsIn(step.node, [...path, index])) yield { scalar, path: inner, job, step };
};

/** Every value of a file, each with the job and the step that it stands in. */
function* rawScalars(workflow: WorkflowTree): Generator<Raw> {
  const { root, kind, jobs, steps } = workflow;
  const isComposite = at(root, 'runs', 'steps') !== undefined;
  for (const { key, value } of entriesOf(root)) {
    if (key.text === 'jobs' || (kind === 'action' && key.text === 'runs')) continue;
    if (key.text === 'outputs' && !isComposite) continue; // other actions set their outputs themselves
    for (const [scalar, path] of scalarsIn(value, [key.text])) yield { scalar, path };
  }
  for (const job of jobs) {
    for (const { key, value } of job.node.entries)
      if (key.text !== 'steps') for (const [scalar, path] of scalarsIn(value, ['jobs', job.id, key.text])) yield { scalar, path, job };
    yield* inSteps(job.steps, ['jobs', job.id, 'steps'], job);
  }
  if (kind !== 'action') return;
  const runs = entriesOf(root).find(({ key }) => key.text === 'runs');
  for (const { key, value } of entriesOf(runs?.value))
    if (key.text !== 'steps') for (const [scalar, path] of scalarsIn(value, ['runs', key.text])) yield { scalar, path };
  yield* inSteps(steps, ['runs', 'steps'], undefined);
}

function analyse(workflow: WorkflowTree): readonly PlacedScalar[] {
  const scopeOf = scopesOf(workflow);
  const place = (
    raw: Raw,
    availability: Availability,
    source: string,
    span: { at: number; start: number; end: number },
    isWhole: boolean,
  ): Placed => {
    const parsed = parseExpression(source);
    const faults: Fault[] = [];
    const tell: Tell = ({ at, end }, kind, message, { hint, certain = true } = {}) => {
      faults.push({ at, end, kind, message, certain, ...(hint === undefined ? {} : { hint }) });
    };
    const type = parsed.kind === 'tree' ? infer(parsed.tree, scopeOf(availability, raw), tell) : undefined;
    return { ...raw, availability, parsed, ...span, isWhole, faults, type };
  };
  const placed: PlacedScalar[] = [];
  for (const raw of rawScalars(workflow)) {
    const { scalar, path } = raw;
    const { text } = scalar;
    const availability = text === '' ? undefined : availabilityAt(workflow.kind, path);
    if (availability === undefined) continue;
    const { templates, unclosed } = findTemplates(text);
    if (templates.length > 0 || unclosed !== undefined) {
      const expressions = templates.map(({ source, sourceAt, start, end }) =>
        place(raw, availability, source, { at: sourceAt, start, end }, start === 0 && end === text.length),
      );
      placed.push({ ...raw, availability, expressions, unclosed });
    } else if (availability.wants === 'condition' && text.trim() !== '') {
      placed.push({
        ...raw,
        availability,
        expressions: [place(raw, availability, text, { at: 0, start: 0, end: text.length }, true)],
        unclosed,
      });
    }
  }
  return placed;
}

const analysed = new WeakMap<WorkflowTree, readonly PlacedScalar[]>();

/** Every value of a file in which an expression may stand and does; made once, for all rules that ask. */
export const expressionsIn = (workflow: WorkflowTree): readonly PlacedScalar[] => {
  const known = analysed.get(workflow);
  if (known !== undefined) return known;
  const made = analyse(workflow);
  analysed.set(workflow, made);
  return made;
};

/** Where a part of an expression stands in the file. */
export const spanIn = (workflow: WorkflowTree, { scalar, at }: Placed, part: { readonly at: number; readonly end: number }): Span =>
  spanWithin(workflow.tree.text, scalar, at + part.at, at + part.end);
