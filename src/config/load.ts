import type { Snapshot } from '../check.ts';
import { filesBeside, isInside, MAX_DEPTH } from './beside.ts';
import { parseIgnores, type PlacedIgnore } from './ignores.ts';
import { IGNORES_FILE } from './keys.ts';
import { GITLEAKS_IGNORES, parsePlaceIgnores, type PlaceIgnore } from './gitleaks-ignore.ts';
import { emptyLayer, missingRules, parseLayer, type Layer } from './layer.ts';
import { mergeConfig, NOT_TRUSTED, type Merged, type OptionValues } from './merge.ts';
import { findingsOf, type Notice } from './notice.ts';
import type { PersonalSettings } from './personal.ts';
import { outlineRules } from './rules.ts';
import type { Finding } from '../report/finding.ts';
import type { PolicyState } from './policy.ts';
import { commandsHash, isTrusted, mayRunCommands, policyHash, type PolicyFile } from './trust.ts';

export const CONFIG_FILE = 'kei.toml';
/** Rule files of other tools, the one that counts first. */
const FOREIGN_FILES = ['.betterleaks.toml', '.gitleaks.toml'] as const;
const MATRIX_FILE = /^leak-matrix\/[^/]+\.toml$/;

/** What one side of a repository says about its guards, unmerged. */
export interface RepositoryPolicy {
  readonly layer: Layer;
  readonly ignores: readonly PlacedIgnore[];
  readonly places: readonly PlaceIgnore[];
  /** Rule files that `[leak] rules` names, or every leak-matrix/*.toml, or one of another tool. */
  readonly ruleFiles: readonly RuleFile[];
  /** What those go on from, by `[extend] path` or imports. */
  readonly extended: readonly PolicyFile[];
  /** All files that say something, those of other tools too. */
  readonly files: readonly PolicyFile[];
  /** What `kei-git trust` records; reckoned when it is asked for. */
  readonly hash: string;
  /** The same of the commands alone; undefined where there are none. */
  readonly commands: string | undefined;
}

/** @property beside found where nothing else is there: it comes beside the built-in rules, not in their place */
export type RuleFile = PolicyFile & { readonly beside?: true };

/** Where the files of one side are read. `rules`: rule files beside those that the settings name, where they are there. */
export type PolicySource = Pick<Snapshot, 'list' | 'read' | 'changedPaths'> & { readonly rules?: readonly string[] };

const matrixFiles = async (snapshot: PolicySource): Promise<readonly string[]> => {
  const entries = await snapshot.list(['leak-matrix/*.toml']);
  return entries
    .filter(({ path, mode }) => MATRIX_FILE.test(path) && (mode & 0o170000) === 0o100000)
    .map(({ path }) => path.replaceAll('%25', '%'));
};

/** What rule files go on from, those apart that are rule files themselves. One that is not there is told by whoever reads the rules. */
const extendedFiles = async (
  ruleFiles: readonly PolicyFile[],
  read: (path: string) => Promise<PolicyFile | undefined>,
): Promise<readonly PolicyFile[]> => {
  const known = new Set(ruleFiles.map(({ path }) => path));
  const found: PolicyFile[] = [];
  let last = ruleFiles;
  for (let depth = 0; depth <= MAX_DEPTH && last.length > 0; depth++) {
    const next: PolicyFile[] = [];
    for (const places of last.flatMap(({ path, bytes }) => filesBeside(bytes, path))) {
      for (const place of places) {
        const file = await read(place);
        if (file === undefined) continue;
        if (!known.has(file.path)) next.push(file);
        known.add(file.path);
        break;
      }
    }
    found.push(...next);
    last = next;
  }
  return found;
};

/** @throws {ConfigError} when kei.toml or the ignores are wrong, or a named rule file is not there */
export const readRepositoryPolicy = async (snapshot: PolicySource): Promise<RepositoryPolicy> => {
  const files = new Map<string, PolicyFile>();
  const read = async (path: string): Promise<PolicyFile | undefined> => {
    const bytes = files.get(path)?.bytes ?? (await snapshot.read(path.replaceAll('%', '%25')));
    if (bytes === undefined) return undefined;
    const file = { path, bytes };
    files.set(path, file);
    return file;
  };
  const config = await read(CONFIG_FILE);
  const layer = config === undefined ? emptyLayer(CONFIG_FILE) : parseLayer(config.bytes, CONFIG_FILE);
  const ignores = await read(IGNORES_FILE);
  const matrix = await matrixFiles(snapshot);
  const ruleFiles: RuleFile[] = [];
  for (const [i, path] of (layer.config.leak.rules ?? matrix).entries()) {
    const file = isInside(path) ? await read(path) : undefined;
    if (file === undefined) throw missingRules(layer, i, matrix);
    ruleFiles.push(file);
  }
  const foreign: PolicyFile[] = [];
  for (const path of FOREIGN_FILES) foreign.push(...[await read(path)].filter((file) => file !== undefined));
  const [first] = foreign;
  if (layer.config.leak.rules === undefined && matrix.length === 0 && first !== undefined) ruleFiles.push({ ...first, beside: true });
  for (const path of snapshot.rules ?? []) {
    const file = isInside(path) && !ruleFiles.some((known) => known.path === path) ? await read(path) : undefined;
    if (file !== undefined) ruleFiles.push({ ...file, beside: true });
  }
  const extended = ruleFiles.length === 0 ? [] : await extendedFiles(ruleFiles, read);
  for (const path of matrix) await read(path);
  const places = await read(GITLEAKS_IGNORES);
  const all = [...files.values()];
  return {
    layer,
    ignores: ignores === undefined ? [] : parseIgnores(ignores.bytes),
    places: places === undefined ? [] : parsePlaceIgnores(places.bytes).entries,
    ruleFiles,
    extended,
    files: all,
    get hash() {
      return policyHash(all);
    },
    get commands() {
      return commandsHash(layer.config);
    },
  };
};

/** The strict built-in defaults: for an agent guard whose repository's policy cannot be read, so that the repair can be proposed. */
export const builtinPolicy = (): RepositoryPolicy => ({
  layer: emptyLayer(CONFIG_FILE),
  ignores: [],
  places: [],
  ruleFiles: [],
  extended: [],
  files: [],
  get hash() {
    return policyHash([]);
  },
  commands: undefined,
});

/** For `weakenings`: what is read. @throws {ConfigError} when a rule file is not TOML */
export const policyState = ({ layer, ignores, places, ruleFiles, extended }: RepositoryPolicy): PolicyState => ({
  layer,
  ignores,
  places,
  rules: outlineRules([...ruleFiles, ...extended]),
});

/** What holds in the end. */
export interface Policy extends Merged {
  readonly ignores: readonly PlacedIgnore[];
  readonly places: readonly PlaceIgnore[];
  readonly ruleFiles: readonly (RuleFile & {
    readonly from: 'floor' | 'repository';
    /** False: its allowlists, overrides and disabled rules must not count. */
    readonly mayLoosen: boolean;
  })[];
  /** False: the repository's settings may only tighten the person's own. */
  readonly trusted: boolean;
  /** False: no command that the repository's settings name may run. */
  readonly mayRun: boolean;
  /** False: nobody but the repository says what it may loosen. */
  readonly vouched: boolean;
}

export interface PolicySources {
  readonly repository: RepositoryPolicy;
  /** As trust.toml knows the repository; undefined: none that could be trusted. */
  readonly identity: string | undefined;
  /** undefined in CI: there is no person. */
  readonly personal: PersonalSettings | undefined;
  readonly options?: OptionValues;
  /** It is looked at from outside: without trust it may only tighten, also where there is no floor. */
  readonly isAbroad?: boolean;
  /** The repository may only tighten the floor, where there is none the defaults, and why. */
  readonly tightens?: string;
}

const refusedIgnores = (ignores: readonly (PlacedIgnore | PlaceIgnore)[], file: string, because: string): readonly Notice[] => {
  const [first] = ignores;
  if (first === undefined) return [];
  const sentence = `${ignores.length} ignored ${ignores.length === 1 ? 'finding is' : 'findings are'} not ignored: ${because}`;
  return [{ key: 'ignores', file, position: first.position, sentence }];
};

export const resolvePolicy = ({ repository, identity, personal, options, isAbroad = false, tightens }: PolicySources): Policy => {
  const known = personal !== undefined && identity !== undefined && isTrusted(personal.trust, identity, repository);
  const trusted = known && tightens === undefined;
  const runs = personal !== undefined && identity !== undefined && mayRunCommands(personal.trust, identity, repository);
  const floor = personal?.floor ?? (tightens === undefined && !isAbroad ? undefined : emptyLayer(CONFIG_FILE));
  const because = tightens ?? NOT_TRUSTED;
  const merged = mergeConfig({ floor, repository: repository.layer, trusted, because, ...(options === undefined ? {} : { options }) });
  const mayLoosen = trusted || floor === undefined;
  return {
    ...merged,
    ignores: mayLoosen ? repository.ignores : [],
    places: mayLoosen ? repository.places : [],
    refused: mayLoosen
      ? merged.refused
      : [
          ...merged.refused,
          ...refusedIgnores(repository.ignores, IGNORES_FILE, because),
          ...refusedIgnores(repository.places, GITLEAKS_IGNORES, because),
        ],
    ruleFiles: [
      ...(personal?.ruleFiles ?? []).map((file) => ({ ...file, from: 'floor' as const, mayLoosen: true })),
      ...repository.ruleFiles.map((file) => ({ ...file, from: 'repository' as const, mayLoosen })),
    ],
    trusted,
    mayRun: trusted || (runs && tightens === undefined),
    vouched: trusted || floor !== undefined,
  };
};

/** Notes for the report: what of the repository's settings does not count. */
export const refusalFindings = (
  refused: readonly Notice[],
  hint = 'if these settings are yours or reviewed: kei-git trust',
): readonly Finding[] => findingsOf(refused, 'policy/refused', 'note', hint);
