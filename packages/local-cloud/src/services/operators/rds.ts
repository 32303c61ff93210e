import { randomUUID } from 'node:crypto';
import type { PostgresEngine } from '../../engines/postgres.ts';
import type { PlayedRequest, PlayedService } from '../../protocol/played-service.ts';
import { errorIn } from '../../protocol/wire-errors.ts';
import type { CloudValues } from '../../template/cloud-values.ts';

const OPERATIONS = new Set(['DescribeDBClusters', 'DescribeDBInstances', 'RebootDBInstance']);

/** RDS, as far as operators look at their instances and reboot one. Here all are one server. */
export function playRds(postgres: PostgresEngine, values: CloudValues): PlayedService {
  return {
    signingName: 'rds',
    wireFormat: 'query',
    actionOf: (request) => {
      const operation = fieldsOf(request).get('Action');
      return operation !== null && OPERATIONS.has(operation) ? `rds:${operation}` : undefined;
    },
    handle: async (request) => {
      const fields = fieldsOf(request);
      const instances = values.resources('AWS::RDS::DBInstance').map((each) => ({
        id: values.refOf(each),
        cluster: clusterOf(values.property(each, CLUSTER)),
      }));
      if (fields.get('Action') === 'DescribeDBInstances') {
        return reply(
          'DescribeDBInstances',
          `<DBInstances>${instances.map(inXml).join('')}</DBInstances>`,
        );
      }
      if (fields.get('Action') === 'DescribeDBClusters') {
        const clusters = [...new Set(instances.map(({ cluster }) => cluster))];
        const all = clusters.map((id) => clusterInXml(id, instances));
        return reply('DescribeDBClusters', `<DBClusters>${all.join('')}</DBClusters>`);
      }
      const wanted = fields.get('DBInstanceIdentifier');
      const instance = instances.find(({ id }) => id === wanted);
      if (!instance) return notFound(wanted ?? '');
      await postgres.reboot();
      return reply('RebootDBInstance', inXml(instance));
    },
  };
}

const CLUSTER = 'DBClusterIdentifier';
const VERSION = 'http://rds.amazonaws.com/doc/2014-10-31/';

interface Instance {
  readonly id: string;
  readonly cluster: string;
}

const clusterOf = (name: unknown): string => (typeof name === 'string' ? name : '');

function fieldsOf({ body }: PlayedRequest): URLSearchParams {
  return new URLSearchParams(body.toString());
}

function inXml({ id, cluster }: Instance): string {
  return `<DBInstance><DBInstanceIdentifier>${id}</DBInstanceIdentifier><DBClusterIdentifier>${cluster}</DBClusterIdentifier><DBInstanceStatus>available</DBInstanceStatus><Engine>aurora-postgresql</Engine></DBInstance>`;
}

/** The first instance of a cluster is its writer, as when the cluster is made. */
function clusterInXml(id: string, instances: readonly Instance[]): string {
  const members = instances
    .filter(({ cluster }) => cluster === id)
    .map(
      (each, n) =>
        `<DBClusterMember><DBInstanceIdentifier>${each.id}</DBInstanceIdentifier><IsClusterWriter>${n === 0}</IsClusterWriter></DBClusterMember>`,
    );
  return `<DBCluster><DBClusterIdentifier>${id}</DBClusterIdentifier><DBClusterMembers>${members.join('')}</DBClusterMembers></DBCluster>`;
}

function reply(operation: string, result: string) {
  const meta = `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>`;
  const body = `<${operation}Response xmlns="${VERSION}"><${operation}Result>${result}</${operation}Result>${meta}</${operation}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

function notFound(name: string) {
  const message = `DBInstance ${name} not found.`;
  return errorIn('query', { status: 404, code: 'DBInstanceNotFound', message });
}
