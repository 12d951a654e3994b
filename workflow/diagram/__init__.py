"""How a machine looks: as an SVG picture and as Mermaid text, read off the same object that moves cases and duties."""

from workflow.diagram.duties import svg_of_duties
from workflow.diagram.edges import Edge, edges
from workflow.diagram.mermaid import mermaid, mermaid_of_duties
from workflow.diagram.phases import NOTES, svg

__all__ = ["NOTES", "Edge", "edges", "mermaid", "mermaid_of_duties", "svg", "svg_of_duties"]
