/** Questions to the server that the commands and the panel share: what is known at a place, and applying an action. */
import * as vscode from 'vscode';
import type { CodeAction, LanguageClient } from 'vscode-languageclient/node';
import { DERIVATION, type Derivation, type OfferedAction } from '../protocol.js';

const MODIFIED = -32801;
const TRIES = 5;

/** What is known of the formula at a place; asked again when the text changes meanwhile. */
export async function derivation(
  client: LanguageClient,
  document: vscode.TextDocument,
  position: vscode.Position,
  style?: string,
  token: vscode.CancellationToken = new vscode.CancellationTokenSource().token,
): Promise<Derivation | null> {
  for (let attempt = 1; ; attempt += 1) {
    const params = { ...client.code2ProtocolConverter.asTextDocumentPositionParams(document, position), ...(style === undefined ? {} : { style }) };
    try {
      return await client.sendRequest<Derivation | null>(DERIVATION, params, token);
    } catch (error) {
      if ((error as { code?: number }).code !== MODIFIED || attempt === TRIES || token.isCancellationRequested) {
        throw error;
      }
    }
  }
}

/** Resolves an action of the server and applies it, unless the text has changed meanwhile; true when it was applied. */
export async function perform(client: LanguageClient, document: vscode.TextDocument, action: OfferedAction): Promise<boolean> {
  const version = document.version;
  if (action.data?.['do'] === 'check') {
    await vscode.commands.executeCommand('nablatex.check', action.data);
    return true;
  }
  const resolved = await client.sendRequest<CodeAction>('codeAction/resolve', action);
  const edit = resolved.edit === undefined ? undefined : await client.protocol2CodeConverter.asWorkspaceEdit(resolved.edit);
  if (resolved.command !== undefined) {
    await vscode.commands.executeCommand(resolved.command.command, ...(resolved.command.arguments ?? []));
  }
  if (edit === undefined) {
    return resolved.command !== undefined;
  }
  if (document.version !== version) {
    void vscode.window.showWarningMessage('Nablatex: the text has changed meanwhile; please ask again.');
    return false;
  }
  return vscode.workspace.applyEdit(edit);
}
