import assert from 'node:assert/strict';
import os from 'node:os';
import { openDatabase } from '../../src/database/connect';
import { parseMachine, readMachine } from '../../src/database/settings/readMachine';
import { readService } from '../../src/database/settings/readService';
import { onEachServer } from './servers';

const MEMORY = 'MemTotal:       16384000 kB\nMemFree:         1000 kB\n';
const PROCESSORS = 'processor\t: 0\nmodel name\t: x\n\nprocessor\t: 1\n\nprocessor\t: 2\nprocessor\t: 3\n';

describe('database/settings/readMachine', () => {
  it('takes the limits of a container where they are tighter', () => {
    const files = { memory: MEMORY, processors: PROCESSORS, memoryLimit: 'max\n', processorLimit: 'max 100000\n' };
    assert.deepEqual(parseMachine(files), { ramBytes: 16_384_000 * 1024, cores: 4 });
    const limited = { ...files, memoryLimit: '2147483648\n', processorLimit: '150000 100000\n' };
    assert.deepEqual(parseMachine(limited), { ramBytes: 2 * 1024 ** 3, cores: 2 });
    assert.deepEqual(parseMachine({ memory: '', processors: '', memoryLimit: '', processorLimit: '' }), {});
  });

  onEachServer('create role ordinary login', server => {
    it('asks the server of its machine, and takes a no', async function () {
      if (process.platform !== 'linux') {
        console.warn('      skipped: only Linux says it in files');
        this.skip();
      }
      const machine = await readMachine(server().db);
      assert.ok(machine.ramBytes! > 0 && machine.ramBytes! <= os.totalmem() + 1024, JSON.stringify(machine));
      assert.ok(machine.cores! >= 1 && machine.cores! <= os.cpus().length, JSON.stringify(machine));
      const ordinary = await openDatabase({ ...server().db.settings, user: 'ordinary' });
      assert.deepEqual(await readMachine(ordinary), {});
      await ordinary.dispose();
    });

    it('takes a server of its own for one, until there are signs of a service', async () => {
      assert.equal(await readService(server().db), undefined);
      await server().run('create role rds_superuser');
      assert.equal((await readService(server().db))?.name, 'Amazon RDS');
      await server().run('drop role rds_superuser');
    });
  });
});
