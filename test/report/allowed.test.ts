import { expect, test } from 'vitest';
import { renderGithub } from '../../src/report/github.ts';
import { renderJunit } from '../../src/report/junit.ts';
import { renderSarif } from '../../src/report/sarif.ts';
import { renderText } from '../../src/report/text.ts';
import { finding, report } from './sample.ts';

const stays = report({
  findings: [finding({ severity: 'note', extra: { why: 'it works', allowed: 'ignored until 2099-12-31: revoked\n::error::x' } })],
});

test('a finding that may stay: with what reason and until when, in place of what to do', () => {
  expect(renderText(stays, { colour: false, columns: 80 })).toBe(
    `src/a.ts:3:5  note  example token [leak/example-token]
    why   it works
    stays ignored until 2099-12-31: revoked\\n::error::x
    id    kei1:aaaaaaaaaaaaaaaaaaaaaaaaaa

1 note in 128 files (1.2 MB, 340 ms)
`,
  );
  expect(renderGithub(stays).split('\n')[0]).toBe(
    '::notice file=src/a.ts,line=3,endLine=3,col=5,endColumn=15,title=leak/example-token::example token%0Astays: ignored until 2099-12-31: revoked\\n::error::x%0Akei1:aaaaaaaaaaaaaaaaaaaaaaaaaa',
  );
  expect(renderJunit(stays)).toContain('\nstays: ignored until 2099-12-31: revoked');
  expect(renderSarif(stays, { name: 'kei-git', version: '0' })).toContain('example token\\nstays: ignored until 2099-12-31: revoked');
});
