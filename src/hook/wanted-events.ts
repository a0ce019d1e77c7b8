interface HookSettings {
  readonly events: readonly string[];
  readonly seal: boolean;
  /** Commands of users; without `on`: before a commit. */
  readonly run: readonly { readonly on?: readonly string[] | undefined }[];
}

/** What compares a commit with what pre-commit looked at. */
const SEAL_EVENTS: readonly string[] = ['pre-commit', 'reference-transaction'];

/** The events that the guard is put on: those that are asked for, and those that users' commands and the seal need. */
export const wantedEvents = ({ events, seal, run }: HookSettings): readonly string[] => [
  ...new Set([...events, ...(seal ? SEAL_EVENTS : []), ...run.flatMap(({ on = ['pre-commit'] }) => on)]),
];
