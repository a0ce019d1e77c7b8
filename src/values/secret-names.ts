// Names that say digest, identifier, public on purpose or wrong on purpose; and names that talk about a secret without holding it.
const NOT_SECRET_NAME =
  /keyframe|sha[-_]?\d{1,3}|md5|checksum|integrity|digest|fingerprint|etag|commit|revision|(?:^|[_.-])rev$|nonce|guid|uuid|csrf|xsrf|authenticity|antiforgery|verification[_-]?token|mapping|thumbprint|(?:^|[_.-])(?:pub(?:lic)?|publishable|site|foreign|primary|partition|sort|cache|idempotency|map|row|query|object|shortcut|hot|license[_-]?plate|next|page|continuation|sync|resume|change|creation|request|pagination|lock|lease|cancel(?:lation)?|start|end)[_-]?(?:api[_-]?)?(?:key|token)|(?:^|[_.-])(?:fake|dummy|mock|stub|invalid|wrong|bad|incorrect|bogus|example|sample|un(?:known|matched)|(?:non|not|no)[_-]?(?:match\w*|a|valid|real|existent))(?:[_.-]||$)/;
const NOT_SECRET_TAILS = (
  'id ids name names type types url urls uri uris path paths file files filename filenames file_name file_names dir dirs hash hashes length size ' +
  'count limit expiry expires expiration ttl arn ref label description format version regex pattern event events algorithm algorithms alias endpoint ' +
  'host class element field input hint page title message error status selector column index kind scheme placeholder date time at by enabled required ' +
  'policy provider accessor author down up press chars meshing pair'
).split(' ');
const TAIL_AFTER = /(?:^|[^a-z0-9]|(?:token|key|secret|password|credential)s?)$/;
const endsInTail = (name: string): boolean =>
  NOT_SECRET_TAILS.some((tail) => name.endsWith(tail) && TAIL_AFTER.test(name.slice(0, -tail.length)));
const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
/** True for the name of what is no secret, though it may look so. @param name of what a value is assigned to, ASCII */
export const isNoSecretName = (name: string): boolean => {
  const folded = snake(name).toLowerCase();
  return NOT_SECRET_NAME.test(folded) || endsInTail(folded);
};
