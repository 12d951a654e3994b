def test_x(world):
    c = world.launch()
    assert world.row("0101")
    world.act("submit", "0101", by="1001")
    print(world.duty("0101"))
def test_y(crowded):
    c = crowded.launch()
    print(crowded.run("2026-03-25", deliver=True))
    assert len(crowded.messages)==90
