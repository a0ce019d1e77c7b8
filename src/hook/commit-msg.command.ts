import { resolve } from 'node:path';
import type { Context } from '../command.ts';
import { Exit, UsageError } from '../errors.ts';
import { wantsColour } from '../face/colour.ts';
import type { Opened } from '../gate/open.ts';
import { hookDoors } from '../git/hook-doors.ts';
import type { MessageSettings } from '../git/message-settings.ts';
import type { TargetChoice } from '../git/target.ts';
import type { Report } from '../report/finding.ts';
import { printable } from '../report/printable.ts';
import type { HookCall, HookHandler } from './event.ts';
import { guard, type Guarded } from './guard.ts';
import { aboveScissors, decodeAs, decodeMessage, inMessage, isAllowedSubject, prefixFinding, strippedRows, subjectOf } from './message.ts';
import type { Skips } from './skip.ts';

const DOORS = { ...hookDoors, wantsColour };
const { gate } = hookDoors;

const readMessage = ([path]: readonly string[], { cwd }: Context): Uint8Array => {
  if (path === undefined)
    throw new UsageError('commit-msg: the message file is missing', { hint: 'git gives it: kei-git hook run commit-msg FILE' });
  const bytes = gate.readIfThere(resolve(cwd, path));
  if (bytes === undefined) throw new UsageError(`commit-msg: no message file ${printable(path)}`);
  return bytes;
};

/** Git's settings, asked for when they decide something: it is a process more. */
const openSettings = (context: Context): (() => Promise<MessageSettings>) => {
  let asked: Promise<MessageSettings> | undefined;
  return () => (asked ??= import('../git/message-settings.ts').then(({ messageSettings }) => messageSettings(gate.here(context))));
};

/** Leaks in what will be the message, and how its subject begins. */
const judged = async (call: HookCall, bytes: Uint8Array, context: Context): Promise<Guarded<TargetChoice>> => {
  const settings = openSettings(context);
  // Git says so to hooks where it starts no editor: then comments are part of the message.
  const edited = context.env['GIT_EDITOR'] !== ':';
  const whole = decodeMessage(bytes) ?? decodeAs(bytes, (await settings()).encoding);
  const text = edited ? aboveScissors(whole) : whole;
  const stripped = async (): Promise<(row: number) => boolean> => strippedRows(text, { edited, ...(await settings()) });
  const judge = async (report: Report, { views: [first] }: Opened, { names }: Skips): Promise<Report> => {
    const found = report.findings.some(({ line }) => line !== undefined) ? inMessage(report.findings, await stripped()) : report.findings;
    const { prefixes } = first.policy.config.hook;
    if (prefixes.length === 0 || names.has('prefixes')) return { ...report, findings: found };
    const begins = subjectOf(text, () => false);
    if (begins === undefined || isAllowedSubject(begins.text, prefixes)) return { ...report, findings: found };
    const subject = subjectOf(text, await stripped());
    const wrong = subject === undefined || isAllowedSubject(subject.text, prefixes) ? [] : [prefixFinding(subject, prefixes)];
    return { ...report, findings: [...found, ...wrong] };
  };
  return { call, event: 'commit-msg', choice: { paths: [], message: text }, judge };
};

export const handler: HookHandler = async (call, context) => {
  const bytes = readMessage(call.args, context);
  const code = await guard(await judged(call, bytes, context), context, DOORS);
  if (code !== Exit.clean) return code;
  // A command may have written another message.
  const now = readMessage(call.args, context);
  return Buffer.compare(now, bytes) === 0 ? code : guard({ ...(await judged(call, now, context)), onlyChecks: true }, context, DOORS);
};
