import assert from 'node:assert/strict';
import { evaluateProfile, findProfile } from '../../../src/core/profiles/evaluateProfile';
import { clientPool, POOL_CLIENTS } from '../../../src/core/profiles/exports/clientPools';
import { pgBouncerIni } from '../../../src/core/profiles/exports/pgbouncer';
import { planPools } from '../../../src/core/profiles/exports/poolSizes';
import { settingsText } from '../../../src/core/profiles/exports/settingsText';
import { recogniseService, serviceInstructions } from '../../../src/core/profiles/managedService';
import { assumedFacts } from '../../../src/core/profiles/profile';

function settingsOf(id: string) {
  const profile = findProfile(id)!;
  return evaluateProfile(profile, assumedFacts(profile));
}

describe('core/profiles/exports', () => {
  it('writes postgresql.conf with its own comments, leaving out what is refused and what is the default', () => {
    const text = settingsText(settingsOf('general-small'), 'conf', 'General');
    assert.match(text, /^# General$/m);
    assert.match(text, /^# not set: checkpoint_completion_target = 0.7: below the default/m);
    assert.match(text, /^log_line_prefix = '%t \[%p\]: \[%l-1\] user=%u,db=%d,app=%a,client=%h ' {2}#/m);
    assert.match(text, /^max_connections = 200 {2}# needs a restart; /m);
    assert.doesNotMatch(text, /^(autovacuum = |default_statistics_target|.*--)/m);
  });

  it('writes scripts for psql, docker and Kubernetes', () => {
    const sql = settingsText(settingsOf('camera-production'), 'sql', 'Camera');
    assert.match(sql, /^ALTER SYSTEM SET shared_buffers = '2GB'; -- needs a restart$/m);
    assert.match(sql, /^SELECT pg_reload_conf\(\);$/m);
    assert.match(sql, /^-- not set: shared_preload_libraries/m);
    const docker = settingsText(settingsOf('general-small'), 'docker', 'General');
    assert.match(docker, /^ {2}-c work_mem=1310kB \\$|^ {2}-c work_mem=1MB \\$/m);
    assert.match(docker, /^ {2}-c 'log_line_prefix=%t \[%p\]: .* ' \\$/m);
    assert.doesNotMatch(docker.trimEnd(), /\\$/);
    assert.match(settingsText(settingsOf('task-agent'), 'kubernetes', 'T'), /^ {6}- "shared_buffers=256MB"$/m);
  });

  it('never plans more connections than the server has', () => {
    for (const connections of [5, 20, 100, 200, 1000]) {
      for (const cores of [1, 4, 64]) {
        for (const processes of [1, 4, 40]) {
          const plan = planPools({ cores, connections, storage: 'ssd' }, { processes });
          assert.ok(plan.poolSize >= 1 && plan.poolSize + plan.reserve <= connections - 3, JSON.stringify(plan));
          assert.ok(plan.perProcess === 1 || plan.perProcess * processes <= connections - 3, JSON.stringify(plan));
        }
      }
    }
  });

  it('writes a pgbouncer.ini with comments on lines of their own', () => {
    const plan = planPools({ cores: 4, connections: 200, storage: 'ssd' });
    const text = pgBouncerIni({ host: 'db.example', port: 5433, database: "it's" }, plan);
    assert.match(text, /^"it's" = host=db\.example port=5433 dbname='it''s'$/m);
    for (const line of text.split('\n')) {
      if (!line.startsWith(';')) assert.doesNotMatch(line, /[;#]|--/, line);
    }
    assert.match(text, /^auth_type = scram-sha-256$/m);
  });

  it('writes pool settings whose processes fit together', () => {
    const plan = planPools({ cores: 4, connections: 103, storage: 'ssd' }, { processes: 5 });
    assert.equal(plan.perProcess, 20);
    assert.match(clientPool('sqlalchemy', plan), /pool_size=12,\s+max_overflow=8,/);
    for (const client of POOL_CLIENTS) assert.match(clientPool(client, plan), /20/, client);
  });
});

describe('core/profiles/managedService', () => {
  it('recognises services by what only they have', () => {
    const name = (settings: string[], roles: string[] = []) => recogniseService(settings, roles)?.service;
    assert.equal(name(['work_mem', 'rds.extensions'], []), 'rds');
    assert.equal(name(['rds.extensions', 'apg_plan_mgmt.use_plan_baselines']), 'aurora');
    assert.equal(name(['cloudsql.iam_authentication']), 'cloudsql');
    assert.equal(name([], ['azure_pg_admin']), 'azure');
    assert.equal(name(['neon.tenant_id']), 'neon');
    assert.equal(name(['supautils.reserved_roles'], ['supabase_admin']), 'supabase');
    assert.equal(name(['work_mem'], ['postgres', 'rdsuser']), undefined);
  });

  it('says how to change settings there', () => {
    const changes = [
      { name: 'work_mem', value: '16MB' },
      { name: 'shared_buffers', value: '2GB' },
      { name: 'log_line_prefix', value: "it's %m" },
    ];
    assert.match(
      serviceInstructions('rds', changes),
      /--parameters \\\n {2}ParameterName=work_mem,ParameterValue=16384,ApplyMethod=immediate \\\n {2}ParameterName=shared_buffers,ParameterValue=262144,ApplyMethod=pending-reboot \\\n {2}'ParameterName=log_line_prefix,ParameterValue=it'\\''s %m/,
    );
    for (const service of ['aurora', 'cloudsql', 'azure', 'supabase', 'neon'] as const) {
      assert.match(serviceInstructions(service, changes), /work_mem/, service);
      assert.doesNotMatch(serviceInstructions(service, changes), /ALTER SYSTEM/, service);
    }
  });
});
