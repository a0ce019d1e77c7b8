/** Under such names our own start hands on what it took out of its environment. */
const HANDED_ON = /^KEI_ENV_(.+)$/;
/** What a hook's file says to us. */
const TOLD_US = /^KEI_HOOK_/;

export interface EnvironmentAsked {
  /** Without git's variables of one repository. */
  readonly base: Readonly<Record<string, string>>;
  /** Of the command. */
  readonly own: Readonly<Record<string, string>>;
  /** The repository's programs, which come before those of PATH. */
  readonly bin: string;
  readonly windows: boolean;
  readonly colour: boolean;
}

const restored = (base: Readonly<Record<string, string>>): Record<string, string> => {
  const env: Record<string, string> = { ...base };
  for (const [name, value] of Object.entries(base)) {
    if (TOLD_US.test(name)) delete env[name];
    const [, taken] = HANDED_ON.exec(name) ?? [];
    if (taken === undefined) continue;
    delete env[name];
    if (value !== '') env[taken] = value;
    else if (env[taken] === '') delete env[taken];
  }
  return env;
};

/** What a command finds in its environment. */
export const jobEnvironment = ({ base, own, bin, windows, colour }: EnvironmentAsked): Readonly<Record<string, string>> => {
  const env = restored(base);
  // Windows has one variable whatever the case of its name; two of them would be a matter of luck.
  const path = (windows ? Object.keys(env).find((name) => name.toUpperCase() === 'PATH') : undefined) ?? 'PATH';
  const rest = env[path] ?? '';
  env[path] = rest === '' ? bin : `${bin}${windows ? ';' : ':'}${rest}`;
  // Its output goes through a pipe, where it would leave colours out.
  if (colour && env['NO_COLOR'] === undefined) {
    env['FORCE_COLOR'] ??= '1';
    env['CLICOLOR_FORCE'] ??= '1';
  }
  return { ...env, ...own };
};
