/**
 * Rules by the names that zizmor has for the same, from its documentation (docs.zizmor.sh/audits): its comments in a file count here too.
 * A name that is the same is not in the table.
 */
const ZIZMOR: ReadonlyMap<string, readonly string[]> = new Map([
  ['template-injection', ['script-injection', 'script-input']],
  ['dangerous-triggers', ['untrusted-checkout']],
  ['excessive-permissions', ['permissions-missing', 'permissions-broad']],
  ['artipacked', ['credentials-persisted']],
  ['unpinned-images', ['unpinned-image']],
  ['overprovisioned-secrets', ['secrets-exposed']],
  ['unredacted-secrets', ['secrets-exposed']],
  ['bot-conditions', ['spoofable-actor']],
  ['hardcoded-container-credentials', ['hardcoded-credentials']],
  ['github-env', ['environment-file']],
  ['unsound-condition', ['if-always-true']],
]);

/** True where a name of zizmor's is a rule of ours, without its room. */
export const isZizmorName = (name: string, id: string): boolean => name === id || (ZIZMOR.get(name)?.includes(id) ?? false);
