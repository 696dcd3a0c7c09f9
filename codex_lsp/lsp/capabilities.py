"""What this client can do, worked out once."""

from __future__ import annotations

from lsprotocol import types

from codex_lsp.records import record


@record(frozen=True, slots=True)
class ClientCapabilities:
    """A dozen facts; everything else about the client is nobody's business."""

    apply_edit: bool = False
    document_changes: bool = False
    resource_operations: frozenset[str] = frozenset()
    annotations: bool = False
    progress: bool = False
    action_literals: bool = False
    disabled_actions: bool = False
    tag_generated: bool = False
    diagnostic_data: bool = False
    diagnostic_versions: bool = False
    related_places: bool = False
    show_document: bool = False
    shows_content: bool = False
    pulls_settings: bool = False
    registers_settings: bool = False
    buttons: bool = False

    @classmethod
    def of(cls, client: types.ClientCapabilities, name: str = "") -> ClientCapabilities:
        """Read them from the `initialize` request; `name` is what the client calls itself."""
        workspace = client.workspace or types.WorkspaceClientCapabilities()
        edit = workspace.workspace_edit or types.WorkspaceEditClientCapabilities()
        window = client.window or types.WindowClientCapabilities()
        text = client.text_document or types.TextDocumentClientCapabilities()
        action = text.code_action or types.CodeActionClientCapabilities()
        changes = workspace.did_change_configuration or types.DidChangeConfigurationClientCapabilities()
        marks = text.publish_diagnostics or types.PublishDiagnosticsClientCapabilities()
        tags = action.tag_support.value_set if action.tag_support else ()
        # Neovim names only the operations, which have no place but documentChanges; without those its edits
        # would have no version and hit a text that was typed into meanwhile.
        document_changes = bool(edit.document_changes or edit.resource_operations)
        return cls(
            apply_edit=bool(workspace.apply_edit),
            document_changes=document_changes,
            resource_operations=frozenset(str(each.value) for each in edit.resource_operations or ()),
            annotations=bool(document_changes and edit.change_annotation_support),
            progress=bool(window.work_done_progress),
            action_literals=action.code_action_literal_support is not None,
            disabled_actions=bool(action.disabled_support),
            tag_generated=types.CodeActionTag.LlmGenerated in tags,
            diagnostic_data=bool(marks.data_support),
            diagnostic_versions=bool(marks.version_support),
            related_places=bool(marks.related_information),
            show_document=bool(window.show_document and window.show_document.support),
            shows_content=bool(
                workspace.text_document_content and window.show_document and window.show_document.support
            ),
            pulls_settings=bool(workspace.configuration),
            registers_settings=bool(changes.dynamic_registration),
            # Neovim asks in a prompt, which takes what is just being typed.
            buttons=window.show_message is not None and name != "Neovim",
        )
