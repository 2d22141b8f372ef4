import { VIEWS } from '../views.ts';

/** The role that a session of a reader takes: it may read the views and nothing else. */
export const READER_ROLE = 'calltrail_reader';

/**
 * Who may do what in the engine, as its file of users has it. There is one user, whom every session is; rights hang on
 * roles, so that a session that takes {@link READER_ROLE} has lost all others. Grants of views that are not made yet hold
 * as well.
 */
export function usersXml(): string {
  const grants = VIEWS.map((view) => `<query>GRANT SELECT ON default.${view}</query>`).join('');
  return `<clickhouse>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <roles>
    <calltrail_owner><grants><query>GRANT ALL ON *.* WITH GRANT OPTION</query></grants></calltrail_owner>
    <${READER_ROLE}><grants>${grants}</grants></${READER_ROLE}>
  </roles>
  <users>
    <default>
      <password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
      <grants><query>GRANT calltrail_owner, ${READER_ROLE}</query></grants>
    </default>
  </users>
</clickhouse>
`;
}
