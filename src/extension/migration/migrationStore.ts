import type * as vscode from 'vscode';
import type { KeptMigration } from '../../protocol/migration';
import { stepsLeft } from './migrationLenses';

const KEY = 'queryTuner.migrations';

/** A migration that was begun, as it outlives the window. */
export interface StoredMigration {
  readonly connection: string;
  readonly kept: KeptMigration;
  readonly header: readonly string[];
  readonly footer?: string;
}

/** Migrations that were begun, in the workspace's own state. One that was taken back entirely is forgotten. */
export class MigrationStorage {
  constructor(private readonly state: vscode.Memento) {}

  all(): StoredMigration[] {
    return Object.values(this.#stored());
  }

  get(connection: string, planId: string): StoredMigration | undefined {
    return this.#stored()[migrationKey(connection, planId)];
  }

  async save(migration: StoredMigration): Promise<void> {
    const { connection, kept } = migration;
    if (kept.finished.length === 0 && kept.begun === undefined) return this.forget(connection, kept.plan.id);
    await this.state.update(KEY, { ...this.#stored(), [migrationKey(connection, kept.plan.id)]: migration });
  }

  async forget(connection: string, planId: string): Promise<void> {
    const key = migrationKey(connection, planId);
    await this.state.update(KEY, Object.fromEntries(Object.entries(this.#stored()).filter(([each]) => each !== key)));
  }

  #stored(): Readonly<Record<string, StoredMigration>> {
    return this.state.get<Readonly<Record<string, StoredMigration>>>(KEY, {});
  }
}

export function migrationKey(connection: string, planId: string): string {
  return JSON.stringify([connection, planId]);
}

/** True for one that was left on its way. */
export function isUnfinished({ kept }: StoredMigration): boolean {
  return kept.begun !== undefined || stepsLeft({ plan: kept.plan, kept }).length > 0;
}
