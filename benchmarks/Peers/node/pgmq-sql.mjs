// What pgmq does, in statements of our own: Debian has no package of the extension and the npm packages of that name only call it.
// The same columns, visibility timeout, SKIP LOCKED and delete by id; without its PL/pgSQL layer, so rather faster than it.
// Mode "batch": reads and deletes 100 at a time in 4 loops; mode "one": one at a time in 16 loops.
import pg from 'pg';

const sql = {
  create: `CREATE TABLE q_work (
      msg_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, read_ct int NOT NULL DEFAULT 0, enqueued_at timestamptz NOT NULL DEFAULT now(),
      last_read_at timestamptz, vt timestamptz NOT NULL, message jsonb, headers jsonb);
    CREATE INDEX q_work_vt ON q_work (vt ASC);`,
  send: `INSERT INTO q_work (vt, message) SELECT clock_timestamp(), unnest($1::jsonb[]) RETURNING msg_id`,
  read: `WITH c AS (SELECT msg_id FROM q_work WHERE vt <= clock_timestamp() ORDER BY msg_id LIMIT $1 FOR UPDATE SKIP LOCKED)
    UPDATE q_work m SET last_read_at = clock_timestamp(), vt = clock_timestamp() + interval '30 s', read_ct = read_ct + 1
    FROM c WHERE m.msg_id = c.msg_id RETURNING m.msg_id, m.read_ct, m.enqueued_at, m.vt, m.message`,
  delete: `DELETE FROM q_work WHERE msg_id = ANY ($1) RETURNING msg_id`,
};

export async function open(mode) {
  const pool = new pg.Pool({ connectionString: process.env.PEERS_POSTGRES, max: 20 });
  await pool.query(sql.create);
  const run = (name, values) => pool.query({ name, text: sql[name], values });
  const send = payloads => run('send', [payloads.map(payload => JSON.stringify(payload))]);
  const [size, loops] = mode === 'batch' ? [100, 4] : [1, 16];
  return {
    enqueue: payload => send([payload]),
    enqueueMany: send,
    work: async handler => {
      let stopped = false;
      const loop = async () => {
        while (!stopped) {
          const { rows } = await run('read', [size]);
          for (const row of rows) handler(row.message);
          if (rows.length > 0) await run('delete', [rows.map(row => row.msg_id)]);
          else await new Promise(resolve => setTimeout(resolve, 10)); // it has no wake-up: clients poll
        }
      };
      const all = Array.from({ length: loops }, loop);
      return async () => {
        stopped = true;
        await Promise.all(all);
      };
    },
    isEmpty: async () => (await pool.query('SELECT 1 FROM q_work LIMIT 1')).rowCount === 0,
    close: () => pool.end(),
  };
}
