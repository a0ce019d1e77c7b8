/** What a repository says of its own. */
export interface LintSettings {
  /** Labels of its own runners, with `*` and `?`. */
  readonly runnerLabels: readonly string[];
}
