import type { VerifyResult } from '../packages/cli/src/operations/verify-result.js';

export interface Column {
  name: string;
  title: string;
  cell(capability: string): string;
  kit: string;
}
export function columnOf(report: VerifyResult): Column;
export function tableOf(capabilities: readonly string[], columns: readonly Column[]): string;
export function withTable(page: string, table: string): string;
export function cellsIn(page: string, name: string): Record<string, string> | null;
