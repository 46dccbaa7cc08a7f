"""The panel with a window that slides over an image."""

import numpy as np
import pytest

from course_utils import ConvolutionalNetwork, GradientDescent, Player, Quadratic, descend, digits
from course_utils.player import MODULE
from course_utils.player.panels import SlidingWindow

from .node import asked
from .test_figure import panel

DIGIT = digits().features[3].reshape(8, 8)
KERNELS = {
    "edge": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    "blur": np.full((3, 3), 1 / 9),
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
}
ALL = list(KERNELS.values())


def figure(image=DIGIT, kernels=ALL, **settings):
    names = list(KERNELS)[: len(kernels)]
    window = SlidingWindow(image, kernels)
    return Player(axes={"kernel": names}, panels=[window], **settings)


def test_the_browser_computes_the_maps_of_the_engines_convolution():
    network = ConvolutionalNetwork((8, 8), 10, kernels=1)
    random = np.random.default_rng(0)
    kernels = [*(np.ravel(kernel) for kernel in KERNELS.values()), *random.normal(size=(5, 9))]
    images = digits().features[:4]
    questions = [
        {"image": image.tolist(), "size": [8, 8], "kernel": kernel.tolist(), "side": 3}
        for image in images
        for kernel in kernels
    ]
    engine = [network.windows(image[None])[0] @ kernel for image in images for kernel in kernels]
    assert np.allclose(asked("convolution.mjs", questions), engine, rtol=0, atol=1e-12)


def test_the_step_is_the_place_of_the_window_and_its_sum_is_said():
    player = figure(kernel="edge", step=8)
    assert player.spec["steps"] == 35
    by_hand = (DIGIT[1:4, 2:5] * KERNELS["edge"]).sum()
    [window] = player.scene.panels
    assert window.facts(player, "window", 8) == [f"sum {by_hand:.4g}", "at row 2, column 3"]


def test_the_browser_gets_the_weights_of_every_kernel_as_they_are():
    sent = panel(figure(), "slidingwindow")
    assert np.array_equal(np.reshape(sent["kernels"], (3, 3, 3)), list(KERNELS.values()))
    assert sent["axes"] == [0]


def test_the_still_picture_has_the_image_the_map_so_far_and_two_frames():
    axes = figure(kernel="identity", step=6).picture().axes[0]
    sheet = axes.images[0].get_array()
    assert np.allclose(sheet[:, :8] * DIGIT.max(), DIGIT)
    assert np.isfinite(sheet[:, 9:]).sum() == 7
    assert len(axes.patches) == 2


def test_its_code_comes_with_its_own_figures_alone():
    assert "panels_slidingwindow" in figure()._esm
    assert "panels_slidingwindow" not in MODULE
    assert "convolution" not in MODULE


@pytest.mark.parametrize(
    ("image", "kernels"),
    [
        (DIGIT[0], ALL),
        (DIGIT[:2], ALL),
        (DIGIT * np.nan, ALL),
        (DIGIT, np.ones((3, 3, 2))),
        (DIGIT, np.ones((3, 2, 3, 3))),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(image, kernels):
    with pytest.raises(ValueError, match="SlidingWindow was given an image"):
        figure(image, kernels)


def test_it_may_stand_beside_a_descent_whose_steps_move_it():
    path = descend(Quadratic([1]), [1.0], GradientDescent(0.1), steps=50)
    player = Player(path, panels=[SlidingWindow(DIGIT, KERNELS["edge"])])
    assert player.picture().axes
    assert "at row 6, column 6" in player._repr_mimebundle_()[1]["image/png"]["alt"]
