// Is a value that has the shape of a secret only a stand-in for one? Pure; asked once per candidate.
import { wordiness } from './bigrams.ts';
import { isNoSecretName } from './secret-names.ts';

interface Ruled {
  readonly id: string;
  readonly confidence?: number;
}

/** Rules below this have no format of their own to lean on: words, versions and identifiers are sorted out for them. */
const SURE = 0.7;
/** Rules below this do not even know the provider: what somebody typed to fill a sample is sorted out too. */
const NAMED = 0.6;

// Long words are safe anywhere in a value: five given letters turn up in 100 random base62 characters once in 300,000.
const LOUD =
  /examp[lt]e|xampl[ae]|sample|dummy|placeholder|change[_-]?(?:me|this|it)|replace[_-]?(?:me|this|with|by)|redacted|removed|hidden|masked|censored|insert[_-]?(?:your|here)|your[_-]|your(?:own|api|app|secret|pass|token|key|client)|[_-]here$|lorem|ipsum|foobar|not[_-]?(?:a[_-]?)?(?:real|secret|valid)|invalid|qwerty|asdfgh|zxcvbn|hunter2|(?:^|[_-])fake|fake(?:[_-]|key|token|secret|password)|fake[a-z]|undefined|unknown|nothing|whatever|very[_-]?long|some[_-]?(?:thing|random|secret|key|token|password|value)|ejemplo|beispiel|exemple|mustbe|todo[_-]|fixme|xxxxx|\*{3}|\.{3}|…/;
const ENDS = /(?:EXAMPLE|EXAMPLEKEY|EXAMPLETOKEN|SAMPLE|PLACEHOLDER)$/;
// Short words count only when they stand alone between separators, and only when nothing random stands beside them.
const QUIET = new Set(
  (
    'a access admin an and api app auth aws base bearer bot cert change client code config cred credential credentials custom db default demo dev doe ' +
    'enter env fake field file fill foo bar baz for from get git here host id in insert is it jwt key key1 key2 keys local login master me mock my ' +
    'name new none null of oauth old one only or pass passwd password pat path pin prefix private prod production public put pw pwd random real ref ' +
    'replace root salt secret secrets server session set sign signing some staging string super temp test tester testing that the then this tmp to ' +
    'todo token tokens top tutorial two type url use user username val value very with word www xxx xxxx yes yet you your zzz'
  ).split(' '),
);

// V8 takes twice as long to compile an expression that heeds no case, and most runs ask these once or never.
const lowered = (text: string): string => text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());

/** Words that say "put yours here", or one character over and over. Does not look at the line. */
export function isPlaceholder(secret: string): boolean {
  if (secret.includes('-----BEGIN'))
    return /\.{3}|…|\*{3}|[<[{]|example|redacted/i.test(secret.replace(/-----[^-]*-----/g, '').slice(0, 400));
  return LOUD.test(lowered(secret)) || ENDS.test(secret) || isQuiet(secret) || isOneCharacter(secret) || ONE_DIGIT.test(secret);
}

/** Nothing but common words, their separators and a few digits. */
function isQuiet(secret: string): boolean {
  const parts = secret
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  if (!parts.some((p) => /[a-z]/.test(p))) return false;
  const rest = parts.filter((p) => !QUIET.has(p) && !/^\d{1,4}$/.test(p) && !/^x+$/.test(p));
  return (
    rest.length === 0 ||
    /^(?:my|the)?(?:super)?(?:secret|password|passwd|token|apikey|key|pass|test|admin|root|user|login|changeit|letmein|welcome)+[0-9!@#$.]{0,4}$/.test(
      rest.join(''),
    )
  );
}

/** One long run of a character, or several and hardly anything else. */
function isOneCharacter(secret: string): boolean {
  const runs = secret.match(/(.)\1{3,}/g) ?? [];
  const kinds = new Set(secret).size;
  if (secret.length >= 20 && kinds < 4) return true;
  return Math.max(0, ...runs.map((run) => run.length)) > secret.length / 3 || (repeated(secret) > secret.length / 2 && kinds < 10);
}

// Written by people who need a number: none of them turns up in random text of a few hundred characters.
const COUNTED = /abc123|a1b2c3|abcdef0?123|0?123456789|987654321|deadbeef|d34db33f|cafebabe|badc0ffee|feedface/i;

/** Counting, one character or one block repeated, or far too few different characters: what people type for a sample. */
export function isFakeShape(secret: string): boolean {
  const length = secret.length;
  if (COUNTED.test(secret)) return true;
  if (length < 8) return /^(.)\1*$/.test(secret);
  if (stepped(secret) > length / 3 + 1 || repeated(secret) > length / 3) return true;
  if (length >= 12 && (isPeriodic(secret) || THREE_TIMES.test(secret))) return true;
  const kinds = new Set(secret).size;
  const enough = /^\d+$/.test(secret) ? 4 : length >= 30 && !/^[0-9a-f-]+$/i.test(secret) ? 8 : 6;
  return length >= 20 && kinds < enough;
}

/** Characters in runs of five or more that count up or down by one, also when two or three rows are interleaved (a1b2c3). */
function stepped(text: string): number {
  const folded = text.toLowerCase();
  return Math.max(steppedBy(folded, 1), steppedBy(folded, 2), steppedBy(folded, 3));
}

function steppedBy(text: string, stride: number): number {
  let [total, run, step] = [0, 0, 0];
  for (let i = stride; i <= text.length; i++) {
    const by = i < text.length ? text.charCodeAt(i) - text.charCodeAt(i - stride) : 0;
    const steps = Math.abs(by) === 1 && (run === 0 || by === step || stride > 1);
    if (!steps && run >= 3 + stride) total += run + stride;
    run = steps ? run + 1 : Math.abs(by) === 1 ? 1 : 0;
    step = by;
  }
  return total;
}

/** Characters in runs of four or more equal ones. */
const repeated = (text: string): number => (text.match(/(.)\1{3,}/g) ?? []).reduce((sum, run) => sum + run.length, 0);

/** A block of at most half of the text, repeated from its start or (after a prefix) to its end. */
function isPeriodic(text: string): boolean {
  for (let block = 1; block <= text.length / 2; block++) {
    let same = 0;
    for (let i = text.length - 1; i >= block && text[i] === text[i - block]; i--) same++;
    if (same >= Math.max(8, text.length * 0.45)) return true;
  }
  return false;
}

// Published test accounts are one digit over and over: 888888888888-888888888888.
const ONE_DIGIT = /(?:^|\D)(\d)\1{7,}\D\1{8,}(?!\d)/;
const THREE_TIMES = /(?:^|[-_.])(\w{3,8})[-_.]\1[-_.]\1(?:[-_.]|$)/;

const TEMPLATE = new RegExp(
  [
    /\$\{|\$\(|\{\{|\}\}|<%|%>|#\{|@\{|\[\[|@@\w|__[A-Z][A-Z_]+__|\{%/,
    /^<[^>]*>$|^\[[A-Za-z][^\]]*\]$|^\{[\w .:-]*\}$|^%\w+%$|^%[sdv]$|%\(\w+\)s|^\$(?!aact_)[A-Za-z_]\w*$|^\$\d$|^:\w+$|^\?$/,
    /^(?:op|vault|ref\+\w+|aws-sm|ssm|kv|env|file|secretref|keyring|doppler|infisical|gcp-?sm|akv):/,
    /^@Microsoft\.KeyVault\(|^!(?:Ref|Sub|GetAtt|secret|vault|env)|^\/run\/secrets\/|^arn:aws[\w-]*:(?:secretsmanager|ssm|kms):|^projects\/[^/]+\/secrets\//,
    /^(?:os|sys)\.|\b(?:getenv|environ|process\.env|import\.meta\.env|getpass|get_secret|getSecret|GetEnvironmentVariable|secretKeyRef|valueFrom)\b|^(?:env|ENV|secrets|config|settings|self|this|props|ctx|args|opts?|options|params|request|req|res|var|local|data|credentials)[.[(]/,
    /\\[dwsDWS](?:[+*{]|\b)|\[\^?[A-Za-z0-9]-[A-Za-z0-9]|\(\?[:=!<]|\]\{\d|\]\+|\.\*|\.\+/,
    /^\w+\([^)]*\)?$|^[A-Za-z_]\w*\[["'\w]/,
  ]
    .map((r) => `(?:${r.source})`)
    .join('|'),
);

// A function that is named only `secret` or `fetch` looks something up; setClientSecret("…") is given the secret itself.
const LOOKED_UP =
  /(?:getenv|environ(?:\.get)?|\b(?:env|ENV|fetch|secrets?|config|settings)|getProperty|getParameter|get_?secret\w*|GetEnvironmentVariable|viper\.Get\w*|getConfig\w*|defaultdict|getString|System\.get\w+|lookup|\bcredentials|[gG]et_?Credentials?|Input|prompt|\bask)\s*[([]\s*["'`]?$/i;

/** The value is filled in from elsewhere: template marks, look-up calls, references to secret stores, regular expressions. */
export function isTemplate(secret: string, line: string): boolean {
  if (TEMPLATE.test(secret)) return true;
  const at = line.lastIndexOf(secret);
  if (at < 0) return false;
  const before = line.slice(Math.max(0, at - 40), at);
  const after = line.slice(at + secret.length, at + secret.length + 3);
  return (
    LOOKED_UP.test(before) ||
    /(?:\$\{|\{\{|<%=?|#\{)\s*$/.test(before) ||
    (before.endsWith('<') && after.startsWith('>')) ||
    (before.endsWith('%') && after.startsWith('%'))
  );
}

/** Made of words, as identifiers, paths and prose are. Random text of 16 or more characters passes once in thousands. */
export function isWordy(secret: string): boolean {
  const text = secret.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  const letters = /^[A-Za-z]+$/.test(text); // seldom what a generator gives
  const needed = text.length < 12 ? 0.15 : text.length < 20 ? (letters ? -0.8 : 0) : letters ? -0.4 : 0.1;
  return text.length > 0 && wordiness(text) > needed;
}

/** Letters only and made of words: a type, a function, a constant. Not one in a hundred keys is without a digit. */
const isIdentifier = (secret: string): boolean => secret.length >= 16 && /^[A-Za-z]+$/.test(secret) && isWordy(secret);

const CONSTANT = /^[A-Z][A-Z\d]{0,11}(?:_[A-Z][A-Z\d]{0,11}){1,8}$/; // SKL_TKN_UUID
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{12}$/i;
const VERSION_OR_DATE =
  /^v?\d+(?:\.\d+){1,3}(?:[-+][\w.]*)?$|^[A-Za-z][\w.:/@-]*?[-_:@/]v?\d+\.\d+(?:\.\d+)*[\w.-]{0,20}$|^\d{4}-\d\d-\d\d(?:[T ][\d:.Z+-]*)?$/;
// Base64 of files: the first bytes of images, fonts, archives, certificates and public keys.
const MAGIC =
  /^(?:iVBORw0KGgo|\/9j\/|R0lGOD|UklGR|JVBERi0|UEsDB|H4sI|d09GR|d09GMg|AAEAAAA|PHN2Zy|AGFzbQ|f0VMRg|T2dnUw|SUQz|MIIBIjANBg|MIICIjANBg|MIGfMA0G|MFkwEwYH|MII[CDEFGH][A-Za-z0-9+/]{2}CCA)/;
// The name a value is assigned to, and what may stand between: quotes, brackets, an operator, a closing tag mark.
const NAME_BEFORE =
  /([A-Za-z_$][\w$.-]{0,60})["'`\\\])}]{0,4}\s{0,8}(?:[:?.+|]{0,3}={1,3}>?|:{1,2}|->|,|>|\()?\s{0,12}(?:[rbfu@]|\\)?["'`]{0,3}$/;

/** The value repeats the name it is assigned to. */
function isOwnName(secret: string, before: string): boolean {
  const fold = (s: string): string => s.toLowerCase().replace(/[^a-z0-9]/g, '');
  const name = NAME_BEFORE.exec(before)?.[1];
  return name !== undefined && secret.length < 80 && fold(secret).length > 2 && fold(name).endsWith(fold(secret));
}

const NOBODY = /^@(?:[\w-]+\.)*(?:example|test|invalid|domain|host(?:name)?|server)(?:\.(?:com|org|net|io))?(?![\w.-])/i;
const THIS_MACHINE = /^@(?:(?:[\w-]+\.)*localhost(?![\w.-])|127\.0\.0\.1|0\.0\.0\.0|\[::1\])/i;

/** What nobody types for a local database: long, mixed, and no word. */
const isStrong = (secret: string): boolean =>
  secret.length >= 12 && /\d/.test(secret) && /[A-Za-z]/.test(secret) && !isWordy(secret) && !isFakeShape(secret) && !isTooRegular(secret);

/** `//user:secret@host` where the password is the user's name again, the host is nobody's, or it is this machine and the password is weak. */
function isNobodysUrl(secret: string, line: string): boolean {
  const at = line.indexOf(`:${secret}@`);
  if (at < 0) return false;
  const user = /:\/\/([^\s:@/]*)$/.exec(line.slice(Math.max(0, at - 80), at))?.[1];
  const host = line.slice(at + 1 + secret.length);
  return user !== undefined && (user === secret || NOBODY.test(host) || (THIS_MACHINE.test(host) && !isStrong(secret)));
}

/**
 * Shannon entropy below what random text has 99 times in 100. Beyond 20 characters the curve of hex digits serves for all
 * alphabets: much of what is issued is a prefix and hex.
 */
function isTooRegular(secret: string): boolean {
  const length = Math.min(secret.length, 128);
  if (length < 12 || /^\d+$/.test(secret)) return false;
  const counts = new Map<string, number>();
  for (const c of secret) counts.set(c, (counts.get(c) ?? 0) + 1);
  let bits = 0;
  for (const n of counts.values()) bits -= (n / secret.length) * Math.log2(n / secret.length);
  const wide = length < 20 && !/^[0-9a-f]+$/i.test(secret) ? 0.3 : 0;
  return bits < 2.8 + wide + 0.4 * Math.log2(length / 20);
}

// {a:"x",apiKey:"…"}: a bundler wrote this, and what a page is given is public.
const BUNDLED = /[,{][A-Za-z_$][\w$]{0,40}:["']$/;
const NAME_ATTRIBUTE = /\b(?:name|id|key|property)\s?=\s?["']([\w.-]{1,60})["'][^<>]{0,40}\b(?:value|content)\s?=\s?["']$/i;

/** Base64 of a text: a host name, a sentence, a file of settings. Users and passwords have a rule of their own. */
function isEncodedWords(secret: string): boolean {
  if (secret.length < 16 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(secret)) return false;
  const text = Buffer.from(secret, 'base64').toString('latin1');
  return /^[\x20-\x7e\s]+$/.test(text) && isWordy(text);
}

function isUncertainNoise(secret: string, before: string, named: boolean): boolean {
  const name = NAME_ATTRIBUTE.exec(before)?.[1] ?? NAME_BEFORE.exec(before)?.[1] ?? '';
  if (isNoSecretName(name) || isEncodedWords(secret)) return true;
  if (/\barn:aws[\w-]*:[\w:/.-]*$/.test(before)) return true;
  if (named) return MAGIC.test(secret) || isWordy(secret);
  if (CONSTANT.test(secret)) return true;
  const uuid = UUID.exec(secret);
  if (uuid !== null) return /[89ab]/i.test(uuid[2] ?? '') && /[1-35-7]/.test(uuid[1] ?? ''); // 4 is random; outside the RFC it is no UUID
  return VERSION_OR_DATE.test(secret) || MAGIC.test(secret) || isTooRegular(secret) || isWordy(secret);
}

/**
 * Whether a match of `rule` is noise: a placeholder, a template, a look-up; for unsure rules also a made-up shape, words,
 * digests and identifiers. Rules that name the provider keep made-up shapes: next to its name and in its exact format they are
 * rare, and a person should see them.
 */
export function isNoise(secret: string, line: string, rule: Ruled): boolean {
  if (isPlaceholder(secret) || isTemplate(secret, line)) return true;
  if (secret.includes('-----BEGIN')) return false;
  const at = line.lastIndexOf(secret);
  const before = at < 0 ? '' : line.slice(Math.max(0, at - 80), at);
  if (isOwnName(secret, before) || isNobodysUrl(secret, line) || isIdentifier(secret)) return true;
  const confidence = rule.confidence ?? 1;
  return (
    (confidence < NAMED && (isFakeShape(secret) || BUNDLED.test(before))) ||
    (confidence < SURE && isUncertainNoise(secret, before, confidence >= NAMED))
  );
}
