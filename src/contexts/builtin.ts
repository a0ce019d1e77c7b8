import { ANY, BOOLEAN, closed, NUMBER, open, STRING } from './types.ts';
import type { ObjectType, Type } from './types.ts';

const named = (names: string, type: Type): Record<string, Type> => Object.fromEntries(names.split(' ').map((name) => [name, type]));

/** docs.github.com, "Contexts reference", and the descriptions of actions/languageservice 0.3.61. */
export const GITHUB: ObjectType = closed({
  ...named(
    'action action_path action_ref action_repository action_status actor actor_id api_url artifact_cache_size_limit base_ref env event_name event_path graphql_url ' +
      'head_ref job path ref ref_name ref_type repository repository_id repository_owner repository_owner_id repository_visibility repositoryurl ' +
      'retention_days run_id run_number run_attempt secret_source server_url sha token triggering_actor workflow workflow_ref workflow_sha workspace',
    STRING,
  ),
  ref_protected: BOOLEAN,
  event: open(),
});

export const RUNNER: Type = closed(named('name os arch temp tool_cache debug environment workspace', STRING));

export const JOB: Type = closed({
  ...named('status workflow_file_path workflow_ref workflow_repository workflow_sha', STRING),
  check_run_id: ANY,
  container: closed(named('id network', STRING)),
  services: open(closed({ ...named('id network', STRING), ports: open(ANY) })),
});

export const STRATEGY: Type = closed({ 'fail-fast': BOOLEAN, ...named('job-index job-total max-parallel', NUMBER) });

/** Secrets that every job has. */
export const OWN_SECRETS = ['github_token', 'actions_step_debug', 'actions_runner_debug'] as const;
