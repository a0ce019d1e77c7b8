// Plugins of detect-secrets 1.5 (https://github.com/Yelp/detect-secrets, docs/plugins.md) and what of our rules looks for the same.
const GENERIC = 'generic-quoted-secret generic-secret-element generic-secret-variable generic-key-value generic-key-variable generic-secret-phrase generic-quoted-password generic-password-variable'; // prettier-ignore

const PLUGINS: Readonly<Record<string, string>> = {
  ArtifactoryDetector: 'jfrog-api-key jfrog-reference-token',
  AWSKeyDetector: 'aws-access-key-id aws-secret-access-key',
  AzureStorageKeyDetector: 'azure-storage-account-key',
  Base64HighEntropyString: GENERIC,
  BasicAuthDetector: 'url-password',
  CloudantDetector: '',
  DiscordBotTokenDetector: 'discord-bot-token',
  GitHubTokenDetector: 'github-pat-classic github-oauth-token github-app-user-token github-app-installation-token github-refresh-token',
  GitLabTokenDetector: 'gitlab-access-token gitlab-deploy-token gitlab-runner-token gitlab-job-token gitlab-pipeline-trigger-token',
  HexHighEntropyString: GENERIC,
  IbmCloudIamDetector: 'ibm-cloud-api-key',
  IbmCosHmacDetector: 'ibm-cos-hmac-secret',
  IPPublicDetector: '',
  JwtTokenDetector: 'jwt jwt-long',
  KeywordDetector: GENERIC,
  MailchimpDetector: 'mailchimp-api-key',
  NpmDetector: 'npm-access-token npmrc-auth-token',
  OpenAIDetector: 'openai-api-key openai-project-key openai-service-account-key openai-admin-key',
  PrivateKeyDetector: 'private-key-pem private-key-openssh private-key-pgp private-key-putty private-key-ssh-com',
  PypiTokenDetector: 'pypi-api-token testpypi-api-token',
  SendGridDetector: 'sendgrid-api-key',
  SlackDetector: 'slack-bot-token slack-user-token slack-webhook',
  SoftlayerDetector: 'ibm-classic-infrastructure-key',
  SquareOAuthDetector: 'square-application-secret',
  StripeDetector: 'stripe-secret-key-live stripe-restricted-key-live',
  TelegramBotTokenDetector: 'telegram-bot-token',
  TwilioKeyDetector: 'twilio-api-key-sid',
};

/** Ids of rules; undefined for a plugin that is not the tool's own. */
export const rulesForPlugin = (name: string): readonly string[] | undefined => {
  if (!Object.hasOwn(PLUGINS, name)) return undefined;
  return (PLUGINS[name] ?? '').split(' ').filter((id) => id !== '');
};

/** Every id that the table names. */
export const PLUGIN_RULES: readonly string[] = Object.values(PLUGINS).flatMap((ids) => ids.split(' ').filter((id) => id !== ''));
