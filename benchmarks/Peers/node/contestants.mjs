// Who takes part, and the command that runs each of them. "slow" divides the number of tasks; "cases" are the kinds of case it has, all when absent.
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./contestant.mjs', import.meta.url));

export function contestants(env) {
  const node = name => [process.execPath, script, name];
  const dotnet = name => ['dotnet', env.PEERS_PROGRAM, name];
  return [
    { name: 'orchestrator-sqlite', command: dotnet('orchestrator-sqlite') },
    { name: 'orchestrator-sqlite-noprefetch', command: dotnet('orchestrator-sqlite-noprefetch'), cases: ['drain'] },
    { name: 'orchestrator-sqlite-normal', command: dotnet('orchestrator-sqlite-normal') },
    { name: 'orchestrator-postgresql', command: dotnet('orchestrator-postgresql') },
    { name: 'orchestrator-postgresql-noprefetch', command: dotnet('orchestrator-postgresql-noprefetch'), cases: ['drain'] },
    { name: 'graphile-worker, batched', command: node('graphile-worker:batch') },
    { name: 'graphile-worker', command: node('graphile-worker:one'), slow: 4, cases: ['drain', 'latency'] },
    { name: 'pg-boss, batched', command: node('pg-boss:batch') },
    { name: 'pg-boss', command: node('pg-boss:one'), slow: 4, cases: ['drain', 'latency'] },
    { name: 'pgmq-sql, batched', command: node('pgmq-sql:batch') },
    { name: 'pgmq-sql', command: node('pgmq-sql:one'), slow: 4, cases: ['drain', 'latency'] },
    { name: 'bullmq-redis', command: node('bullmq'), slow: 2 },
    { name: 'limit: raw sqlite', command: dotnet('raw-sqlite'), cases: ['batch', 'drain'] },
    { name: 'limit: raw sqlite, a transaction per call', command: dotnet('raw-sqlite-each'), slow: 4, cases: ['enqueue', 'drain'] },
    { name: 'limit: raw postgresql', command: dotnet('raw-postgresql'), cases: ['batch', 'drain'] },
  ];
}
