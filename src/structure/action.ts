import { quoted } from '../report/quoted.ts';
import { asText, at, entriesOf, itemsOf } from '../lint/nodes.ts';
import { ACTION, type Rule } from '../lint/rule.ts';

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

export const actionFile: Rule = {
  id: 'action-file',
  severity: 'warning',
  summary: 'an action is to be run by a file that is not there',
  kinds: ACTION,
  check: ({ path, root, exists }, report) => {
    for (const key of ['main', 'pre', 'post', 'image']) {
      const file = asText(at(root, 'runs', key));
      if (file === undefined) continue;
      const full = folderOf(path) + file.text.replace(/^\.\//, '');
      if (exists(full) === false) report(file, `no file ${quoted(full)}`);
    }
  },
};

const OLD = new Map([
  ['node12', 'node24'],
  ['node16', 'node24'],
  ['node20', 'node24'],
]);

export const actionRuntime: Rule = {
  id: 'action-runtime',
  severity: 'warning',
  summary: 'an action is written for a Node.js that runners no longer have',
  kinds: ACTION,
  check: ({ root }, report) => {
    const using = asText(at(root, 'runs', 'using'));
    const successor = OLD.get(using?.text ?? '');
    if (using !== undefined && successor !== undefined)
      report(using, `runners no longer have ${using.text}: they run it with ${successor}`, {
        severity: using.text === 'node20' ? 'note' : 'warning',
        hint: `using: ${successor}`,
      });
  },
};

export const actionOutput: Rule = {
  id: 'action-output',
  severity: 'error',
  summary: 'an output of a composite action has no value',
  kinds: ACTION,
  check: ({ root }, report) => {
    if (asText(at(root, 'runs', 'using'))?.text !== 'composite' || itemsOf(at(root, 'runs', 'steps')).length === 0) return;
    for (const { key, value } of entriesOf(at(root, 'outputs')))
      if (at(value, 'value') === undefined) report(key, `the output ${quoted(key.text)} has no value: it is always empty`);
  },
};
