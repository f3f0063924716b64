// BullMQ on Redis with an append-only file that is synced every second: up to a second of acknowledged tasks is lost with the power.
// Its open source edition has no batched worker; addBulk is its batched enqueue.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const connect = () => new Redis(process.env.PEERS_REDIS, { maxRetriesPerRequest: null });

export async function open() {
  const connection = connect();
  await connection.flushall();
  const queue = new Queue('work', { connection });
  await queue.waitUntilReady();
  return {
    enqueue: payload => queue.add('work', payload),
    enqueueMany: payloads => queue.addBulk(payloads.map(data => ({ name: 'work', data }))),
    work: async handler => {
      const own = connect();
      const worker = new Worker('work', async job => { handler(job.data); }, { connection: own, concurrency: 16 });
      return async () => {
        await worker.close();
        own.disconnect();
      };
    },
    isEmpty: async () => Object.values(await queue.getJobCounts('wait', 'active', 'delayed', 'prioritized')).every(count => count === 0),
    close: async () => {
      await queue.close();
      connection.disconnect();
    },
  };
}
