import type { Config, KafkaConfig, Role } from './config.ts';
import { fileText } from './file-text.ts';
import type { ConfigFile } from './schema.ts';

export const ALL_ROLES: readonly Role[] = ['collector', 'indexer', 'linker', 'api'];
/** Those that read or write the store. */
const STORE_ROLES: readonly Role[] = ['indexer', 'linker', 'api'];

export const resolveRoles = ({ roles }: ConfigFile): readonly Role[] =>
  roles === undefined ? ALL_ROLES : ALL_ROLES.filter((role) => roles.includes(role));

/** Whether a process with these roles opens the store. */
export const needsStore = ({ roles }: Pick<Config, 'roles'>): boolean =>
  STORE_ROLES.some((role) => roles.includes(role));

/** What cannot work together. The file may be anything but what the schema asks for: that is told elsewhere. */
export function roleProblems({ roles, kafka, store }: ConfigFile): string[] {
  if (!Array.isArray(roles) || roles.length === 0) return kafkaProblems(kafka);
  // A role that there is none of is told elsewhere, and so what it should have been is not known here.
  if (!roles.every((role) => ALL_ROLES.includes(role))) return kafkaProblems(kafka);
  const has = (role: Role): boolean => roles.includes(role);
  const problems = kafkaProblems(kafka);
  for (const role of ALL_ROLES) {
    if (roles.filter((one) => one === role).length > 1) problems.push(`roles: "${role}" is there twice`);
  }
  if (kafka === undefined && has('collector') !== has('indexer')) {
    const [here, there] = has('collector') ? ['collector', 'indexer'] : ['indexer', 'collector'];
    problems.push(`roles: a process with the ${here} and without the ${there} needs kafka between the two`);
  }
  const apart = STORE_ROLES.filter((role) => !has(role));
  if (store?.kind !== 'clickhouse' && apart.length > 0 && apart.length < STORE_ROLES.length) {
    const others = apart.join(' and ');
    problems.push(
      `store.kind: must be clickhouse, as the embedded store serves one process and ${others} would be another`,
    );
  }
  return problems;
}

function kafkaProblems(kafka: ConfigFile['kafka']): string[] {
  const { cert, key } = kafka?.tls ?? {};
  return (cert === undefined) === (key === undefined) ? [] : ['kafka.tls: cert and key go together'];
}

export function resolveKafka({
  brokers,
  topic,
  group,
  clientId,
  compression,
  tls,
  sasl,
}: NonNullable<ConfigFile['kafka']>): KafkaConfig {
  const pems = Object.entries(tls ?? {}).map(([name, path]) => [name, fileText(path, `kafka.tls.${name}`)] as const);
  return {
    brokers,
    topic: topic ?? 'calltrail',
    group: group ?? 'calltrail',
    clientId: clientId ?? 'calltrail',
    compression: compression ?? 'none',
    ...(tls === undefined ? {} : { tls: Object.fromEntries(pems) }),
    ...(sasl === undefined ? {} : { sasl }),
  };
}
