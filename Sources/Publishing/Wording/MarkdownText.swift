import Workflows

/// Text put into the Markdown of documents.
typealias MarkdownText = EscapedMarkdown
