import { appRole, openDatabase } from '@sluice/database';
import { createHttpAccountingServer } from '@sluice/ledger';
import { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { createActivities } from '../activities/create-activities.ts';
import { loadProgram } from '../activities/program.ts';
import { createSluiceClient } from '../client/start-workflows.ts';
import { createWorker } from '../worker/create-worker.ts';
import { ScriptedBank } from './scripted-bank.ts';

/**
 * A worker as a process of its own, to be killed: `node worker-process.ts ADDRESS QUEUE DATABASE
 * CONFIG [ACCOUNTING_SERVER]`. It says `ready` on its standard output.
 */
const [address = '', taskQueue = '', url = '', configFolder = '', accountingUrl] =
  process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('ERROR') });
const connection = await NativeConnection.connect({ address });
const sluice = createSluiceClient(new Client({ connection }), taskQueue);
const worker = await createWorker({
  ...{ connection, taskQueue, namespace: 'default', maxActivities: 4 },
  activities: createActivities({
    database: openDatabase({ url, role: appRole, maxConnections: 5 }),
    program: await loadProgram(configFolder),
    rail: new ScriptedBank(),
    log: pino({ level: 'silent' }),
    ...(accountingUrl === undefined
      ? {}
      : {
          accounting: createHttpAccountingServer({ baseUrl: accountingUrl, timeoutMs: 60_000 }),
          wakeBookings: (rule) => sluice.bookings(rule),
        }),
  }),
});
process.stdout.write('ready\n');
await worker.run();
