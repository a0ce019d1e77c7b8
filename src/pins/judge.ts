import type { PinPolicy } from '../config/pin-policy.ts';
import { printable } from '../report/printable.ts';
import type { Advertised } from '../remote.ts';
import type { Answer } from './ask.ts';
import { ofComment } from './judge-comment.ts';
import { ofName } from './judge-name.ts';
import { ofVerdict, silence } from './judge-verdict.ts';
import { looksLike } from './lookalike.ts';
import type { Pin } from './pin.ts';
import { isTag, resolveName } from './refs.ts';
import { short, type Remark } from './remark.ts';

export interface JudgeOptions {
  readonly policy: PinPolicy;
  readonly requireComment: boolean;
}

/** A branch or tag that is called like the object name itself. */
const hides = (advertised: Advertised, oid: string): readonly Remark[] => {
  const [named] = resolveName(advertised, oid);
  if (named === undefined || named.commit === oid) return [];
  return [
    {
      id: 'ref-like-sha',
      severity: 'error',
      message: `a ${isTag(named.ref) ? 'tag' : 'branch'} is called ${short(oid)}… like the commit, and may run in its place`,
      hint: `it is ${named.commit}`,
    },
  ];
};

const ofSha = (pin: Pin, oid: string, isUpper: boolean, answer: Answer, options: JudgeOptions): readonly Remark[] => {
  const { advertised, verdict } = answer;
  if (advertised.kind === 'silent' && (verdict === undefined || verdict.kind === 'no-answer')) return [silence(advertised, pin)];
  const known: Advertised = advertised.kind === 'silent' ? NOTHING : advertised;
  const remarks = [
    ...hides(known, oid),
    ...(verdict === undefined ? [] : ofVerdict(pin, oid, verdict, known)),
    ...ofComment(pin, oid, answer, options.requireComment),
  ];
  if (!isUpper || remarks.some(({ wanted }) => wanted?.commit !== undefined)) return remarks;
  const tag = remarks.find(({ wanted }) => wanted?.tag !== undefined)?.wanted?.tag;
  return [
    ...remarks.map((remark): Remark => (remark.wanted === undefined ? remark : { ...remark, wanted: { ...remark.wanted, commit: oid } })),
    {
      id: 'upper-case-sha',
      severity: 'warning',
      message: `${short(oid).toUpperCase()}… is written in upper case, as git never does`,
      wanted: { commit: oid, tag },
    },
  ];
};

const NOTHING: Advertised = { kind: 'refs', refs: new Map(), defaultBranch: undefined, others: new Map(), askedAt: new Date(0) };

const ofNames = ({ use }: Pin): readonly Remark[] => {
  const known = use.host === undefined && use.owner !== undefined ? looksLike(use.owner) : undefined;
  return known === undefined
    ? []
    : [
        {
          id: 'name-lookalike',
          severity: 'warning',
          message: `${printable(use.owner ?? '')} is not ${known}`,
          hint: `if ${known}/${use.repo ?? ''} is meant, write that`,
        },
      ];
};

/** All that is to be said of one pin. */
export const judgeOne = (pin: Pin, answer: Answer, options: JudgeOptions): readonly Remark[] => [
  ...ofNames(pin),
  ...(pin.ref.kind === 'sha' ? ofSha(pin, pin.ref.oid, pin.ref.isUpper, answer, options) : ofName(pin, answer, options.policy)),
];
