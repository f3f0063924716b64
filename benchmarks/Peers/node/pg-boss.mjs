// pg-boss with LISTEN/NOTIFY. Mode "one": fetches one at a time; mode "batch": fetches and completes by 100.
// One at a time it only goes on without a pause while its cached count of ready jobs says so: refreshed every second here, not every minute.
import { PgBoss } from 'pg-boss';

const queue = 'work';

export async function open(mode) {
  const boss = new PgBoss({
    connectionString: process.env.PEERS_POSTGRES, max: 20, useListenNotify: true, schedule: false,
    superviseIntervalSeconds: 1, monitorIntervalSeconds: 1, queueCacheIntervalSeconds: 1,
  });
  boss.on('error', error => console.error(String(error)));
  await boss.start();
  await boss.createQueue(queue, { notify: true });
  const options = mode === 'batch'
    ? { batchSize: 100, burstWhenBatchFull: true, localConcurrency: 16 }
    : { batchSize: 1, burstWhenReadyExceeds: 1, localConcurrency: 16 };
  const ready = async () => Number((await boss.getDb().executeSql(
    `SELECT count(*) AS n FROM (SELECT 1 FROM pgboss.job WHERE name = $1 AND state < 'completed' LIMIT 1) x`, [queue])).rows[0].n);
  return {
    enqueue: payload => boss.send(queue, payload),
    enqueueMany: payloads => boss.insert(queue, payloads.map(data => ({ data }))),
    // Its statistics must have seen the tasks, or it would begin by polling twice a minute.
    settle: () => mode === 'batch' ? undefined : new Promise(resolve => setTimeout(resolve, 2500)),
    work: async handler => {
      await boss.work(queue, { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5, ...options }, async jobs => {
        for (const job of jobs) handler(job.data);
      });
      return () => boss.offWork(queue);
    },
    isEmpty: async () => await ready() === 0,
    close: () => boss.stop({ graceful: true, close: true }),
  };
}
