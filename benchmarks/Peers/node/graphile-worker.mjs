// graphile-worker. Mode "one": its defaults with 16 at once; mode "batch": the settings of its own page on performance.
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';

const logger = new Logger(() => () => {});

export async function open(mode) {
  const pool = new pg.Pool({ connectionString: process.env.PEERS_POSTGRES, max: 20 });
  const utils = await makeWorkerUtils({ pgPool: pool, logger });
  await utils.migrate();
  const batching = mode === 'batch' ? { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } : {};
  return {
    enqueue: payload => utils.addJob('work', payload),
    enqueueMany: payloads => utils.addJobs(payloads.map(payload => ({ identifier: 'work', payload }))),
    work: async handler => {
      const runner = await run({
        preset: { worker: { concurrentJobs: 16, ...batching } }, pgPool: pool, logger, noHandleSignals: true,
        taskList: { work: async payload => { handler(payload); } },
      });
      return () => runner.stop();
    },
    isEmpty: async () => (await pool.query('SELECT 1 FROM graphile_worker._private_jobs LIMIT 1')).rowCount === 0,
    close: async () => {
      await utils.release();
      await pool.end();
    },
  };
}
