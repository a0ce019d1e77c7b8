import { quoted } from '../report/quoted.ts';
import { asText, at, entriesOf, entry, hasExpression, textsOf } from '../lint/nodes.ts';
import { WORKFLOW, type Report, type Rule } from '../lint/rule.ts';
import type { MapEntry, ScalarNode } from '../lint/tree.ts';
import type { WorkflowTree } from '../lint/workflow.ts';

const inputsOf = ({ triggers }: WorkflowTree, event: string): readonly MapEntry[] =>
  triggers.flatMap(({ name, config }) => (name === event ? entriesOf(at(config, 'inputs')) : []));

const isTrue = (node: ScalarNode | undefined): boolean => node?.value === true;

/** Why a default cannot be a value of a type; undefined: it can. */
const mistyped = (value: ScalarNode, type: string): string | undefined => {
  if (hasExpression(value.text)) return undefined;
  if (type === 'number') return value.text.trim() !== '' && Number.isFinite(Number(value.text)) ? undefined : 'is no number';
  if (type === 'boolean')
    return value.value === true || value.value === false || /^(?:true|false)$/.test(value.text) ? undefined : 'is neither true nor false';
  return undefined;
};

const judgeOptions = ({ key, value }: MapEntry, type: string, report: Report): void => {
  const options = entry(value, 'options');
  const texts = textsOf(options?.value);
  if (type !== 'choice') {
    if (options !== undefined) report(options.key, `options are for inputs of type choice; ${quoted(key.text)} is of type ${quoted(type)}`);
    return;
  }
  if (texts.length === 0) report(options?.key ?? key, `the choice ${quoted(key.text)} has no options`);
  for (const [index, option] of texts.entries())
    if (texts.slice(0, index).some(({ text }) => text === option.text))
      report(option, `the option ${quoted(option.text)} stands there twice`);
  const chosen = asText(at(value, 'default'));
  if (chosen !== undefined && texts.length > 0 && !hasExpression(chosen.text) && !texts.some(({ text }) => text === chosen.text))
    report(chosen, `the default of ${quoted(key.text)} is none of its options`);
};

export const dispatchInput: Rule = {
  id: 'dispatch-input',
  severity: 'error',
  summary: 'an input of a workflow that is started by hand contradicts itself',
  kinds: WORKFLOW,
  check: (workflow, report) => {
    for (const input of inputsOf(workflow, 'workflow_dispatch')) {
      const type = asText(at(input.value, 'type'))?.text ?? 'string';
      judgeOptions(input, type, report);
      const given = asText(at(input.value, 'default'));
      const problem = given === undefined ? undefined : mistyped(given, type);
      if (given !== undefined && problem !== undefined)
        report(given, `the default of ${quoted(input.key.text)}, of type ${type}, ${problem}`);
    }
  },
};

export const callInput: Rule = {
  id: 'call-input',
  severity: 'error',
  summary: 'an input of a reusable workflow contradicts itself',
  kinds: WORKFLOW,
  check: (workflow, report) => {
    for (const { key, value } of inputsOf(workflow, 'workflow_call')) {
      const type = asText(at(value, 'type'))?.text;
      const given = asText(at(value, 'default'));
      if (given === undefined || type === undefined) continue;
      const problem = mistyped(given, type);
      if (problem !== undefined) report(given, `the default of ${quoted(key.text)}, of type ${type}, ${problem}`);
      if (isTrue(asText(at(value, 'required'))))
        report(given, `${quoted(key.text)} is required: its default is never used`, { severity: 'warning' });
    }
  },
};

const NEEDED: readonly (readonly [group: string, key: string])[] = [['outputs', 'value']];

export const callOutput: Rule = {
  id: 'call-output',
  severity: 'error',
  summary: 'an output of a reusable workflow has no value',
  kinds: WORKFLOW,
  check: ({ triggers }, report) => {
    for (const { name, config } of triggers) {
      if (name !== 'workflow_call') continue;
      for (const [group, key] of NEEDED)
        for (const one of entriesOf(at(config, group))) {
          const value = asText(at(one.value, key));
          if (value === undefined || value.text.trim() === '') report(value ?? one.key, `the output ${quoted(one.key.text)} has no ${key}`);
        }
    }
  },
};
