"""Files that carry a badge: pictures, certificates, photographs; a room per kind. `credentials.baking` is the door."""
